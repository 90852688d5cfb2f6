import { createTask } from '../task.mjs'

/** Prime to every number of documents there is, so that the changes spread over all rooms. */
const STRIDE = 37

/**
 * The document as the commit with this number, from 1, changes it. As long as there are fewer commits than documents,
 * none is changed twice.
 *
 * @param {number} commit
 * @param {number} documents
 */
export function changedTask(commit, documents) {
  return createTask((commit * STRIDE) % documents, commit)
}
