import type { Database } from '@firekeep/core'
import type { RoomDocument } from '../data/room-document.js'

/** As many changes are looked at; of a room that was never sent anywhere there may be very many. */
const LOOKED_AT = 500

/** The ids of an author's messages that are not in the history which a server acknowledged. */
export async function findWaitingMessages(
  database: Database<RoomDocument>,
  acked: readonly string[],
  author: string,
): Promise<ReadonlySet<string>> {
  const { docs } = await database.changes(acked, { limit: LOOKED_AT })
  const waiting = new Set<string>()
  // A document comes once for each change, the last of which tells what it is now.
  for (const doc of docs) {
    if ('state' in doc && doc.state === 'sent' && doc.author === author) waiting.add(doc._id)
    else waiting.delete(doc._id)
  }
  return waiting
}
