import { createRecords } from '../floors/create-records.mjs'

/**
 * A transaction or an append for each document, all issued at once: what storing many records one by one costs.
 *
 * @type {import('./contender.js').Contender}
 */
export const floorTransactions = {
  id: 'floor-transactions',
  label: 'floor, a transaction each',
  environments: ['node', 'chromium'],
  operations: ['bulk'],
  async load() {
    const { openRawStorage } = await import('../floors/open-raw-storage.mjs')
    return async place => {
      const storage = await openRawStorage(place)
      const records = createRecords()
      return {
        bulk: tasks => Promise.all(tasks.map((_, i) => storage.write([records(i)]))),
        close: () => storage.close(),
      }
    }
  },
}
