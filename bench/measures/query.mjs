import { quantile } from '../quantile.mjs'
import { createTask, roomOf } from '../task.mjs'
import { countLabel } from './count-label.mjs'
import { mustFindRows } from './must-find-rows.mjs'
import { repeatTimed } from './repeat-timed.mjs'
import { timed } from './timed.mjs'

/** Of rooms and of halls, so many are asked for in turn. */
const PLACES = 5
const TURNS = 10
const WRITES = 10
/** The numbers of the first documents that stand in rooms and in halls. */
const FIRST_OF = /** @type {const} */ ({ 100: 0, 1000: 50 })

/**
 * 100 and 1,000 whole documents by an equal field, of a database that an earlier process filled. A document was
 * read before, so that the first query is the first use of the index but not of the database. Repeated: five keys
 * in turn, each of which was asked for before. After a write: a document of the result was changed just before.
 *
 * @param {number} documents
 * @returns {import('./measures.mjs').Measure}
 */
export const query = documents => ({
  id: `query-${countLabel(documents)}`,
  label: `query at ${documents.toLocaleString('en')}`,
  group: 'Reading',
  needs: ['put', 'bulk', 'get', 'query'],
  documents,
  rounds: 3,
  figures: [
    { id: 'first', label: '100 rows, first', unit: 'ms' },
    { id: 'repeated', label: '100 rows, repeated', unit: 'ms' },
    { id: 'written', label: '100 rows, after a write', unit: 'ms' },
    { id: 'manyRepeated', label: '1,000 rows, repeated', unit: 'ms' },
    { id: 'manyWritten', label: '1,000 rows, after a write', unit: 'ms' },
  ],
  async run({ open }) {
    const session = await open()
    await session.get(createTask(0)._id)
    const first = await timed(() => mustFindRows(session, roomOf(FIRST_OF[100]), 100))
    const figures = {
      first,
      repeated: await repeat(session, 100),
      written: await repeatAfterWrites(session, 100),
      manyRepeated: await repeat(session, 1_000),
      manyWritten: await repeatAfterWrites(session, 1_000),
    }
    await session.close()
    return figures
  },
})

/**
 * @param {import('../contenders/contender.js').Session} session
 * @param {keyof typeof FIRST_OF} rows
 */
async function repeat(session, rows) {
  const times = await repeatTimed({ warmUp: PLACES, times: PLACES * TURNS }, i =>
    mustFindRows(session, roomOf(FIRST_OF[rows] + (i % PLACES)), rows),
  )
  return quantile(times, 0.5)
}

/**
 * @param {import('../contenders/contender.js').Session} session
 * @param {keyof typeof FIRST_OF} rows
 */
async function repeatAfterWrites(session, rows) {
  const times = []
  for (let edits = 1; edits <= WRITES; edits++) {
    const task = createTask(FIRST_OF[rows], edits)
    await session.put(task)
    times.push(
      await timed(async () => {
        const found = await mustFindRows(session, task.room, rows)
        if (!found.some(each => each.edits === task.edits)) throw new Error('A query missed the last write.')
      }),
    )
  }
  return quantile(times, 0.5)
}
