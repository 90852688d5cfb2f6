import { changedTask } from '../changed-task.mjs'
import { createTasks } from '../create-tasks.mjs'

/**
 * Filters the documents of a moment, which are all in memory, by their room.
 *
 * @param {import('../contenders/history-contender.js').PastParts} parts
 */
export async function filterTasks({ documents, commits, moments }) {
  const tasks = createTasks(documents)
  /** @type {Map<number, readonly import('../../task.mjs').Task[]>} */
  const past = new Map()
  for (let commit = 1; commit <= commits; commit++) {
    const task = changedTask(commit, documents)
    tasks.splice(
      tasks.findIndex(({ _id }) => _id === task._id),
      1,
      task,
    )
    if (moments.includes(commit)) past.set(commit, [...tasks])
  }
  return async (/** @type {number} */ moment, /** @type {string} */ room) =>
    (past.get(moment) ?? []).filter(task => task.room === room)
}
