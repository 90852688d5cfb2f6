import { type Database, firekeep, type Stored } from '@firekeep/core'
import { JOIN_PAGE } from '../device/join-page.js'
import { newRoom } from './new-room.js'
import type { Room, UserDocument } from './user-document.js'

/** A link to a room's database, to write. The database is made where there is none yet. */
async function makeRoomLink({ database, title }: Room, server: string): Promise<string> {
  const { shareLink } = await import('@firekeep/core/share')
  const handle = firekeep(database)
  try {
    return await shareLink(handle, { url: server, permission: 'write', page: JOIN_PAGE.room, title })
  } finally {
    await handle.close()
  }
}

/** A new room, with its link from the beginning where there is a server. Not stored yet. */
export async function createRoom(title: string, server: string | undefined): Promise<Stored<Room>> {
  const room = newRoom(title)
  if (server === undefined) return room
  // Before anybody knows of the room: another device could not open it without the link.
  return { ...room, link: await makeRoomLink(room, server) }
}

/** Gives a room its link that was made while there was no server. */
export async function linkRoom(
  database: Database<UserDocument>,
  room: Stored<Room>,
  server: string,
): Promise<void> {
  const link = await makeRoomLink(room, server)
  await database.transact(async tx => {
    const current = await tx.find(room._id)
    if (current?.type === 'room' && current.link === undefined) tx.put({ ...current, link })
  })
}

/** Gives every room a link, so that another device can open them all. */
export async function linkAllRooms(database: Database<UserDocument>, server: string): Promise<void> {
  const { docs } = await database.query(['type', 'addedAt'], { prefix: ['room'] })
  for (const doc of docs) {
    if (doc.type === 'room' && doc.link === undefined) await linkRoom(database, doc, server)
  }
}
