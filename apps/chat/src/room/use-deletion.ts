import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useState } from 'react'
import type { Message, RoomDocument } from '../data/room-document.js'

/** Deletes messages, and brings back the last one as long as it is not forgotten. */
export function useDeletion(onError: (error: unknown) => void) {
  const database = useFirekeep<RoomDocument>()
  const [deleted, setDeleted] = useState<Stored<Message>>()
  const remove = (message: Stored<Message>) => {
    setDeleted(message)
    database.del(message._id).catch(onError)
  }
  const undo = () => {
    setDeleted(undefined)
    if (deleted) database.put(deleted).catch(onError)
  }
  const forget = () => setDeleted(undefined)
  return { isUndoable: deleted !== undefined, remove, undo, forget }
}
