import { createFloor } from '../floors/create-floor.mjs'
import { createRecords } from '../floors/create-records.mjs'

/** A transaction or an append for each document, all issued at once: what storing many records one by one costs. */
export const floorTransactions = createFloor(
  { id: 'floor-transactions', label: 'floor, a transaction each', operations: ['bulk'] },
  async storage => {
    const records = createRecords()
    return { bulk: tasks => Promise.all(tasks.map((_, i) => storage.write([records(i)]))) }
  },
)
