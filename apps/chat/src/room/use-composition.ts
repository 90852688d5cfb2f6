import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useEffect, useMemo, useState } from 'react'
import { Composition } from '../data/composition.js'
import type { RoomDocument } from '../data/room-document.js'
import type { Person } from '../data/user-document.js'
import { ignore } from './ignore.js'

/**
 * Tells the room that somebody composes, and sends. It is taken back when the box is emptied, the room is left or
 * the page is closed. `onReturn` gets the text of a message that could not be sent.
 */
export function useComposition(person: Stored<Person>, onReturn: (text: string) => void) {
  const database = useFirekeep<RoomDocument>()
  const composition = useMemo(() => new Composition(database, Date.now), [database])
  const [error, setError] = useState<unknown>()
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
  const send = (text: string) => {
    setError(undefined)
    composition.send(person, text).catch(reason => {
      setError(reason)
      onReturn(text)
    })
  }
  return { type, send, error }
}
