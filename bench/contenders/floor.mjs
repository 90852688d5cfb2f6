import { createFloor } from '../floors/create-floor.mjs'
import { randomBytes } from '../floors/random-bytes.mjs'

/** Documents in the call that `recordBytes.bulk` is the length for, and in the greatest that there is. */
const BULK = 1_000
const MOST = 10_000

/**
 * The least that storing costs: one readwrite transaction (Chromium) or one append with `fdatasync` (Node) per
 * call, of as many random bytes as the sealed record of Firekeep has. It understands nothing of documents.
 */
export const floor = createFloor(
  { id: 'floor', label: 'floor', operations: ['put', 'bulk'] },
  async (storage, { recordBytes: { put, bulk } }) => {
    const most = randomBytes((bulk * MOST) / BULK)
    return {
      put: () => storage.write([randomBytes(put)]),
      bulk: tasks => storage.write([most.slice(0, (bulk * tasks.length) / BULK)]),
    }
  },
)
