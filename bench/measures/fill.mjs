import { createTask, roomOf } from '../task.mjs'

/** Documents in a call: many, as some contenders write all they have at each. */
const MANY = 10_000

/**
 * Stores documents in calls of many, uses the index once, so that contenders which build it then and
 * keep it have it, and compacts: what a later process starts from.
 *
 * @param {import('../contenders/contender.js').Session} session
 * @param {number} count a multiple of the batch
 * @param {number} [batch] documents in a call
 */
export async function fill(session, count, batch = MANY) {
  for (let i = 0; i < count; i += batch)
    await session.bulk(Array.from({ length: batch }, (_, at) => createTask(i + at)))
  await session.query?.(roomOf(0))
  await session.compact?.()
}
