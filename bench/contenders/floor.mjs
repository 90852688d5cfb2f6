import { openRawStorage } from '../floors/open-raw-storage.mjs'
import { randomBytes } from '../floors/random-bytes.mjs'

/**
 * The least that storing costs: one readwrite transaction (Chromium) or one append with `fdatasync` (Node) per
 * call, of as many random bytes as the sealed record of Firekeep has. It understands nothing of documents.
 *
 * @type {import('./contender.js').Contender}
 */
export const floor = {
  id: 'floor',
  label: 'floor',
  environments: ['node', 'chromium'],
  operations: ['put', 'bulk'],
  async open(place) {
    const storage = await openRawStorage(place)
    const bulk = randomBytes(place.recordBytes.bulk)
    return {
      put: () => storage.write(randomBytes(place.recordBytes.put)),
      bulk: () => storage.write(bulk),
      close: () => storage.close(),
    }
  },
}
