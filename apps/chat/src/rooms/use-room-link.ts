import type { Stored } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useEffect, useState } from 'react'
import { linkRoom } from '../data/room-link.js'
import type { Room, UserDocument } from '../data/user-document.js'
import { useSyncServer } from '../device/use-sync-server.js'

/**
 * The link of a room, `none` where it is on this device alone. A room that was made while there was no server gets its
 * link now if there is one; it is `coming` until then.
 */
export function useRoomLink(room: Stored<Room>): { readonly link: string } | 'coming' | 'none' {
  const database = useFirekeep<UserDocument>()
  const server = useSyncServer()
  const [hasFailed, setFailed] = useState(false)
  const url = server?.url
  const { link } = room
  useEffect(() => {
    if (link !== undefined || url === undefined) return
    // Without a link the room is what it was: there, on this device.
    linkRoom(database, room, url).catch(() => setFailed(true))
  }, [database, room, link, url])
  if (link !== undefined) return { link }
  const isComing = server === undefined || url !== undefined
  return isComing && !hasFailed ? 'coming' : 'none'
}
