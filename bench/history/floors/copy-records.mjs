import { randomBytes } from '../../floors/random-bytes.mjs'
import { changedTask } from '../changed-task.mjs'

/**
 * Hashes as many records as there are commits and writes them in one step, durably.
 *
 * @param {import('../../floors/open-raw-storage.mjs').RawStorage} storage
 * @param {{ readonly documents: number, readonly commits: number, readonly recordBytes: number }} parts
 */
export async function copyRecords(storage, { documents, commits, recordBytes }) {
  const records = Array.from({ length: commits }, () => randomBytes(recordBytes))
  const tasks = Array.from({ length: commits }, (_, i) => changedTask(i + 1, documents))
  return async () => {
    await Promise.all(records.map(record => crypto.subtle.digest('SHA-256', record)))
    await storage.write(records)
    const taskById = new Map(tasks.map(task => [task._id, task]))
    return async (/** @type {string} */ id) => taskById.get(id)
  }
}
