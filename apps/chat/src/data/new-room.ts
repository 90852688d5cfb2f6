import { randomId } from './random-id.js'
import type { Room } from './user-document.js'

/** A room that nobody has been in, with an id of its own as the name of its database. */
export function newRoom(title: string): Room & { _id: string } {
  const id = randomId()
  return { _id: `room:${id}`, type: 'room', title, database: nameOfRoom(id), addedAt: Date.now() }
}

/** The name of the database of a room on the device. */
export function nameOfRoom(id: string): string {
  return `firekeep-chat-room-${id}`
}
