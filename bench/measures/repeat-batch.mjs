import { quantile } from '../quantile.mjs'
import { taskBatch } from './task-batch.mjs'
import { timed } from './timed.mjs'

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
  const times = []
  for (let i = 0; i < WARM_UP + BATCHES; i++) {
    const tasks = taskBatch(i)
    times.push(await timed(() => write(session, tasks)))
  }
  await session.close()
  return { time: quantile(times.slice(WARM_UP), 0.5) }
}
