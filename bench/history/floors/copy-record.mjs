import { randomBytes } from '../../floors/random-bytes.mjs'
import { createTasks } from '../create-tasks.mjs'

/** About what names a state: a handful of ids and keys. */
const RECORD_BYTES = 512

/**
 * Writes one small record, durably; the documents are in memory.
 *
 * @param {import('../../floors/open-raw-storage.mjs').RawStorage} storage
 * @param {number} documents
 */
export async function copyRecord(storage, documents) {
  const taskById = new Map(createTasks(documents).map(task => [task._id, task]))
  const record = randomBytes(RECORD_BYTES)
  return async () => {
    await storage.write([record.slice()])
    return async (/** @type {string} */ id) => taskById.get(id)
  }
}
