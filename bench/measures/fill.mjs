import { BATCH, taskBatch } from './task-batch.mjs'

/**
 * Stores documents in calls of {@link BATCH}.
 *
 * @param {import('../contenders/contender.js').Session} session
 * @param {number} count a multiple of {@link BATCH}
 */
export async function fill(session, count) {
  for (let i = 0; i < count / BATCH; i++) await session.bulk(taskBatch(i))
}
