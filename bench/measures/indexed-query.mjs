import { quantile } from '../quantile.mjs'
import { createTask, roomOf } from '../task.mjs'
import { fill } from './fill.mjs'
import { timed } from './timed.mjs'

const DOCUMENTS = 10_000
const ROWS = 100
const REPEATED = 50

/**
 * 100 whole documents of 10,000 by an equal field. The database is opened anew before, and a document is read, so
 * that the first query is the first use of the index but not of the database.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const indexedQuery = {
  id: 'indexed-query',
  label: 'query of 100 rows of 10,000',
  needs: ['bulk', 'get', 'query'],
  figures: [
    { id: 'first', label: 'first', unit: 'ms' },
    { id: 'repeated', label: 'repeated', unit: 'ms' },
  ],
  async run({ open }) {
    const filling = await open()
    await fill(filling, DOCUMENTS)
    await filling.close()
    const session = await open()
    await session.get(createTask(0)._id)
    const times = []
    for (let i = 0; i <= REPEATED; i++) times.push(await timed(() => mustFindRows(session, roomOf(i))))
    await session.close()
    return { first: Number(times[0]), repeated: quantile(times.slice(1), 0.5) }
  },
}

/**
 * @param {import('../contenders/contender.js').Session} session
 * @param {string} room
 */
async function mustFindRows(session, room) {
  const { length } = await session.query(room)
  if (length !== ROWS) throw new Error(`A query answered ${length} rows instead of ${ROWS}.`)
}
