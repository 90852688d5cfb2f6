import { timed } from '../../measures/timed.mjs'
import { grouped } from '../../sync/measures/grouped.mjs'

/**
 * Checking a whole history.
 *
 * @param {number} commits
 * @returns {import('./history-measures.mjs').HistoryMeasure}
 */
export function verifyCommits(commits) {
  return {
    id: 'verify',
    label: `check of ${grouped(commits)} commits`,
    group: 'Checking',
    needs: ['verify'],
    rounds: 3,
    figures: [{ id: 'time', label: 'time', unit: 'ms' }],
    async run(session) {
      const verify = await session.verify(commits)
      const time = await timed(async () => {
        const checked = await verify()
        if (checked !== commits) throw new Error(`${checked} commits were checked instead of ${commits}.`)
      })
      return { time }
    },
  }
}
