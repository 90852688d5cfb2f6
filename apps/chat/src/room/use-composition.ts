import type { Progress, Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useEffect, useMemo, useState } from 'react'
import { Composition } from '../data/composition.js'
import type { RoomDocument } from '../data/room-document.js'
import type { Person } from '../data/user-document.js'
import { ignore } from './ignore.js'
import type { Unsent } from './unsent.js'

/**
 * Tells the room that somebody composes, and sends. It is taken back when the box is emptied, the room is left or
 * the page is closed. `onReturn` gets a message that could not be sent; `storing` is how far the pictures of one are.
 */
export function useComposition(person: Stored<Person>, onReturn: (unsent: Unsent) => void) {
  const database = useFirekeep<RoomDocument>()
  const composition = useMemo(() => new Composition(database, Date.now), [database])
  const [error, setError] = useState<unknown>()
  const [storing, setStoring] = useState<Progress>()
  useEffect(() => {
    const stop = () => void composition.stop().catch(ignore)
    addEventListener('pagehide', stop)
    return () => {
      removeEventListener('pagehide', stop)
      stop()
    }
  }, [composition])
  const type = (text: string) => {
    // Only a sign for others: that it fails says nothing that sending will not say.
    if (text.trim() === '') composition.stop().catch(ignore)
    else composition.type(person).catch(ignore)
  }
  const send = (unsent: Unsent) => {
    setError(undefined)
    const pictures = unsent.pictures.flatMap(({ prepared }) => prepared ?? [])
    composition
      .send(person, { text: unsent.text, pictures }, setStoring)
      .catch(reason => {
        setError(reason)
        onReturn(unsent)
      })
      .finally(() => setStoring(undefined))
  }
  return { type, send, error, storing }
}
