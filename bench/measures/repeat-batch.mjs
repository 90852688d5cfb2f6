import { quantile } from '../quantile.mjs'
import { repeatTimed } from './repeat-timed.mjs'
import { taskBatch } from './task-batch.mjs'

const WARM_UP = 1
const BATCHES = 3

/**
 * The median time of writing a batch of new documents.
 *
 * @param {import('./measures.mjs').CellTools['open']} open
 * @param {(session: import('../contenders/contender.js').Session, tasks: import('../task.mjs').Task[]) => Promise<unknown>} write
 * @returns {Promise<{ time: number }>}
 */
export async function repeatBatch(open, write) {
  const session = await open()
  const times = await repeatTimed({ warmUp: WARM_UP, times: BATCHES }, i => write(session, taskBatch(i)))
  await session.close()
  return { time: quantile(times, 0.5) }
}
