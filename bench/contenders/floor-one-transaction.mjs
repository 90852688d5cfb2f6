import { createFloor } from '../floors/create-floor.mjs'
import { createRecords } from '../floors/create-records.mjs'

/**
 * A record for each document, as long as its JSON, all of a call in one transaction or one append: what storing
 * many records at once costs.
 */
export const floorOneTransaction = createFloor(
  {
    id: 'floor-one-transaction',
    label: 'floor, a record each in one transaction',
    operations: ['bulk'],
  },
  async storage => {
    const records = createRecords()
    return { bulk: tasks => storage.write(tasks.map((_, i) => records(i))) }
  },
)
