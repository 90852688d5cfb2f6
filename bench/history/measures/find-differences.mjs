import { repeatTimed } from '../../measures/repeat-timed.mjs'
import { timed } from '../../measures/timed.mjs'
import { quantile } from '../../quantile.mjs'
import { grouped } from '../../sync/measures/grouped.mjs'
import { changedTask } from '../changed-task.mjs'

const REPEATS = { warmUp: 0, times: 5 }

/**
 * What few documents a fork has otherwise, of many.
 *
 * @param {{ readonly documents: number, readonly differences: number }} counts
 * @returns {import('./history-measures.mjs').HistoryMeasure}
 */
export function findDifferences({ documents, differences }) {
  return {
    id: 'diff',
    label: `${differences} differences in ${grouped(documents)} documents`,
    group: 'Forks',
    needs: ['diff'],
    rounds: 3,
    figures: [
      { id: 'first', label: 'first', unit: 'ms' },
      { id: 'again', label: 'again', unit: 'ms' },
    ],
    async run(session) {
      const diff = await session.diff({ documents, differences })
      const ids = Array.from({ length: differences }, (_, i) => changedTask(i + 1, documents)._id).sort()
      const mustDiff = async () => {
        const found = [...(await diff())].sort()
        if (found.join() !== ids.join()) throw new Error(`${found.length} differences were found.`)
      }
      const first = await timed(mustDiff)
      return { first, again: quantile(await repeatTimed(REPEATS, mustDiff), 0.5) }
    },
  }
}
