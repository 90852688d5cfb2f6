import { createTask } from '../task.mjs'

/**
 * The documents that a measure begins with.
 *
 * @param {number} count
 */
export function createTasks(count) {
  return Array.from({ length: count }, (_, number) => createTask(number))
}
