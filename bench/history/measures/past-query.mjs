import { repeatTimed } from '../../measures/repeat-timed.mjs'
import { timed } from '../../measures/timed.mjs'
import { quantile } from '../../quantile.mjs'
import { grouped } from '../../sync/measures/grouped.mjs'
import { roomOf } from '../../task.mjs'
import { changedTask } from '../changed-task.mjs'
import { createTasks } from '../create-tasks.mjs'

/** A room of 100 documents, where there are 10,000. */
const PLACE = 7
/** Parts of the history at whose ends it is read; the first of them in the middle. */
const MOMENTS = [0.5, 0.1, 0.3, 0.7, 0.9]

/**
 * The documents of a room as they were after a part of the commits: at one moment, at the same again, and each of
 * others for the first time, as somebody who drags a slider does.
 *
 * @param {{ readonly documents: number, readonly commits: number }} counts
 * @returns {import('./history-measures.mjs').HistoryMeasure}
 */
export function pastQuery({ documents, commits }) {
  return {
    id: 'past-query',
    label: `query at an earlier moment, ${grouped(documents)} documents and ${grouped(commits)} commits`,
    group: 'The past',
    needs: ['queryPast'],
    rounds: 3,
    figures: [
      { id: 'first', label: 'first', unit: 'ms' },
      { id: 'again', label: 'again', unit: 'ms' },
      { id: 'others', label: 'at other moments', unit: 'ms' },
    ],
    async run(session) {
      const moments = MOMENTS.map(share => Math.ceil(share * commits))
      const query = await session.queryPast({ documents, commits, moments })
      const expected = new Map(moments.map(moment => [moment, expectedRows({ documents, moment })]))
      const [moment = 0, ...others] = moments
      /** @param {number} at */
      const mustQuery = async at => {
        mustEqual(new Set((await query(at, roomOf(PLACE))).map(rowOf)), expected.get(at))
      }
      const first = await timed(() => mustQuery(moment))
      const again = await repeatTimed({ warmUp: 0, times: 10 }, () => mustQuery(moment))
      const times = []
      for (const other of others) times.push(await timed(() => mustQuery(other)))
      return { first, again: quantile(again, 0.5), others: quantile(times, 0.5) }
    },
  }
}

/** @param {{ readonly documents: number, readonly moment: number }} parts */
function expectedRows({ documents, moment }) {
  const tasks = new Map(createTasks(documents).map(task => [task._id, task]))
  for (let commit = 1; commit <= moment; commit++) {
    const task = changedTask(commit, documents)
    tasks.set(task._id, task)
  }
  return new Set([...tasks.values()].filter(({ room }) => room === roomOf(PLACE)).map(rowOf))
}

/** @param {import('../../task.mjs').Task} task */
function rowOf({ _id, edits }) {
  return `${_id} ${edits}`
}

/**
 * @param {ReadonlySet<string>} rows
 * @param {ReadonlySet<string> | undefined} expected
 */
function mustEqual(rows, expected) {
  if (rows.size !== expected?.size || [...rows].some(row => !expected.has(row)))
    throw new Error('A query of the past answered something else than there was.')
}
