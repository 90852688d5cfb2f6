import { quantile } from '../quantile.mjs'
import { BATCH, taskBatch } from './task-batch.mjs'
import { timed } from './timed.mjs'

const WARM_UP = 3
const BATCHES = 10

/**
 * Reads by id of documents that this session wrote, each awaited. Timed in batches, as one read takes less than
 * the steps of a browser's clock.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const warmGet = {
  id: 'warm-get',
  label: 'warm get',
  needs: ['put', 'get'],
  figures: [{ id: 'p50', label: 'p50 of batches of 1,000', unit: 'µs' }],
  async run({ open }) {
    const session = await open()
    const tasks = taskBatch(0)
    await Promise.all(tasks.map(task => session.put(task)))
    const ids = tasks.map(({ _id }) => _id)
    const times = []
    for (let i = 0; i < WARM_UP + BATCHES; i++) {
      times.push(
        await timed(async () => {
          for (const id of ids) await session.get(id)
        }),
      )
    }
    await session.close()
    return { p50: (quantile(times.slice(WARM_UP), 0.5) * 1_000) / BATCH }
  },
}
