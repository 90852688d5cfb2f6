import { httpRemote } from '@firekeep/core'
import { useEffect } from 'react'
import { useOffice } from '../data/office-hooks.js'
import { type ChosenOffice, chooseOffice } from '../device/office-choice.js'
import { useSyncServer } from '../device/use-sync-server.js'

/** Keeps this device's office equal to that of the others. One that was founded without a server gets the one there is now. */
export function OfficeSync({ office: { name, server } }: { readonly office: ChosenOffice }) {
  const database = useOffice()
  const found = useSyncServer()?.url
  useEffect(() => {
    if (server === undefined && found !== undefined) chooseOffice({ name, server: found })
  }, [name, server, found])
  useEffect(() => {
    if (server === undefined) return
    const attachment = database.attach(httpRemote(server))
    return () => void attachment.detach()
  }, [database, server])
  return null
}
