import { httpRemote } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useEffect } from 'react'
import { HOME_SERVER, type HomeServer, type UserDocument } from '../data/user-document.js'
import { useUserDocument } from '../data/user-hooks.js'

/** Keeps the user database equal to that of the user's other devices, where there are any. */
export function HomeSync() {
  const database = useFirekeep<UserDocument>()
  const { doc } = useUserDocument<HomeServer>(HOME_SERVER)
  const url = doc?.url
  useEffect(() => {
    if (url === undefined) return
    const attachment = database.attach(httpRemote(url))
    return () => void attachment.detach()
  }, [database, url])
  return null
}
