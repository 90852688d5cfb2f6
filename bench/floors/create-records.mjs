import { TASK_BYTES } from '../task.mjs'
import { randomBytes } from './random-bytes.mjs'

/** Records of the greatest call that there is. */
const MOST = 10_000

/**
 * Random records, as long as the JSON of a document each, of which the making is no part of what is timed.
 *
 * @returns {(i: number) => Uint8Array} the record with this number of a call
 */
export function createRecords() {
  const bytes = randomBytes(MOST * TASK_BYTES)
  // A copy each: IndexedDB would store the whole buffer of a view.
  return i => bytes.slice(i * TASK_BYTES, (i + 1) * TASK_BYTES)
}
