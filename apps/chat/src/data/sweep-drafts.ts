import type { Database } from '@firekeep/core'
import type { RoomDocument } from './room-document.js'

const FORGOTTEN_AFTER = 60_000

/** Removes what tabs left behind that were closed while somebody typed. */
export async function sweepDrafts(database: Database<RoomDocument>, now: number): Promise<void> {
  const { rows } = await database.query(['state', 'at'], {
    range: [['composing'], ['composing', now - FORGOTTEN_AFTER]],
    includeDocs: false,
  })
  await Promise.all(rows.map(({ id }) => database.del(id)))
}
