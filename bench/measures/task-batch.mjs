import { createTask } from '../task.mjs'

/** Documents in a batch: what `bulk` takes, and how many puts are issued at once. */
export const BATCH = 1_000

/**
 * The batch with this number, from 0; no document stands in two batches.
 *
 * @param {number} number
 */
export function taskBatch(number) {
  return Array.from({ length: BATCH }, (_, i) => createTask(number * BATCH + i))
}
