import { repeatTimed } from '../../measures/repeat-timed.mjs'
import { timed } from '../../measures/timed.mjs'
import { quantile } from '../../quantile.mjs'
import { grouped } from '../../sync/measures/grouped.mjs'
import { createTask } from '../../task.mjs'

const REPEATS = { warmUp: 0, times: 5 }

/**
 * A fork of a database, one more of the same, and the first document read from the last of them.
 *
 * @param {number} documents
 * @returns {import('./history-measures.mjs').HistoryMeasure}
 */
export function fork(documents) {
  return {
    id: 'fork',
    label: `fork of ${grouped(documents)} documents`,
    group: 'Forks',
    needs: ['fork'],
    rounds: 3,
    figures: [
      { id: 'first', label: 'first', unit: 'ms' },
      { id: 'again', label: 'one more', unit: 'ms' },
      { id: 'read', label: 'first document read from it', unit: 'ms' },
    ],
    async run(session) {
      const makeFork = await session.fork(documents)
      const first = await timed(makeFork)
      /** @type {import('../contenders/history-contender.js').FindTask} */
      let find = async () => undefined
      const again = await repeatTimed(REPEATS, async () => {
        find = await makeFork()
      })
      const last = createTask(documents - 1)
      const read = await timed(async () => {
        if ((await find(last._id))?.text !== last.text) throw new Error('The fork lacks a document.')
      })
      return { first, again: quantile(again, 0.5), read }
    },
  }
}
