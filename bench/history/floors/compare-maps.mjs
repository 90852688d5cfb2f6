import { changedTask } from '../changed-task.mjs'
import { createTasks } from '../create-tasks.mjs'

/**
 * Compares two maps of all documents, which are in memory as JSON.
 *
 * @param {{ readonly documents: number, readonly differences: number }} parts
 */
export async function compareMaps({ documents, differences }) {
  const mine = createMap(documents)
  const theirs = createMap(documents)
  for (let commit = 1; commit <= differences; commit++) {
    const task = changedTask(commit, documents)
    theirs.set(task._id, JSON.stringify(task))
  }
  return async () => {
    const ids = []
    for (const [id, json] of theirs) if (mine.get(id) !== json) ids.push(id)
    for (const id of mine.keys()) if (!theirs.has(id)) ids.push(id)
    return ids
  }
}

/** @param {number} documents */
function createMap(documents) {
  return new Map(createTasks(documents).map(task => [task._id, JSON.stringify(task)]))
}
