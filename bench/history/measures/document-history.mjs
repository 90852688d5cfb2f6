import { repeatTimed } from '../../measures/repeat-timed.mjs'
import { timed } from '../../measures/timed.mjs'
import { quantile } from '../../quantile.mjs'
import { grouped } from '../../sync/measures/grouped.mjs'
import { createTask } from '../../task.mjs'

const REPEATS = { warmUp: 0, times: 5 }

/**
 * All versions of one document, whole, newest first.
 *
 * @param {number} versions
 * @returns {import('./history-measures.mjs').HistoryMeasure}
 */
export function documentHistory(versions) {
  return {
    id: 'document-history',
    label: `${grouped(versions)} versions of a document`,
    group: 'The past',
    needs: ['listVersions'],
    rounds: 3,
    figures: [
      { id: 'first', label: 'all, first', unit: 'ms' },
      { id: 'again', label: 'all, again', unit: 'ms' },
    ],
    async run(session) {
      const list = await session.listVersions(versions)
      const mustList = async () => {
        const edits = (await list()).map(task => task.edits)
        const isWhole = edits.every((each, i) => each === createTask(0, versions - i).edits)
        if (edits.length !== versions || !isWhole)
          throw new Error('The history is not that which was written.')
      }
      const first = await timed(mustList)
      return { first, again: quantile(await repeatTimed(REPEATS, mustList), 0.5) }
    },
  }
}
