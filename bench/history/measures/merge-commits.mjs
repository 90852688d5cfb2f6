import { timed } from '../../measures/timed.mjs'
import { grouped } from '../../sync/measures/grouped.mjs'
import { changedTask } from '../changed-task.mjs'

/**
 * All commits of a fork, brought over, until they are durable.
 *
 * @param {{ readonly documents: number, readonly commits: number }} counts
 * @returns {import('./history-measures.mjs').HistoryMeasure}
 */
export function mergeCommits({ documents, commits }) {
  return {
    id: 'merge',
    label: `merge of ${grouped(commits)} commits into ${grouped(documents)} documents`,
    group: 'Forks',
    needs: ['merge'],
    rounds: 3,
    figures: [{ id: 'time', label: 'time', unit: 'ms' }],
    async run(session) {
      const merge = await session.merge({ documents, commits })
      /** @type {import('../contenders/history-contender.js').FindTask} */
      let find = async () => undefined
      const time = await timed(async () => {
        find = await merge()
      })
      for (const commit of [1, commits]) {
        const { _id, edits } = changedTask(commit, documents)
        if ((await find(_id))?.edits !== edits) throw new Error('A commit was not merged.')
      }
      return { time }
    },
  }
}
