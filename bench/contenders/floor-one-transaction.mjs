import { createRecords } from '../floors/create-records.mjs'

/**
 * A record for each document, as long as its JSON, all of a call in one transaction or one append: what storing
 * many records at once costs.
 *
 * @type {import('./contender.js').Contender}
 */
export const floorOneTransaction = {
  id: 'floor-one-transaction',
  label: 'floor, a record each in one transaction',
  environments: ['node', 'chromium'],
  operations: ['bulk'],
  async load() {
    const { openRawStorage } = await import('../floors/open-raw-storage.mjs')
    return async place => {
      const storage = await openRawStorage(place)
      const records = createRecords()
      return {
        bulk: tasks => storage.write(tasks.map((_, i) => records(i))),
        close: () => storage.close(),
      }
    }
  },
}
