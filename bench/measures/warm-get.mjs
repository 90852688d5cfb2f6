import { quantile } from '../quantile.mjs'
import { repeatTimed } from './repeat-timed.mjs'
import { BATCH, taskBatch } from './task-batch.mjs'

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
  group: 'Reading',
  needs: ['bulk', 'get'],
  figures: [{ id: 'p50', label: 'p50 of batches of 1,000', unit: 'µs' }],
  async run({ open }) {
    const session = await open()
    const tasks = taskBatch(0)
    await session.bulk(tasks)
    const ids = tasks.map(({ _id }) => _id)
    const times = await repeatTimed({ warmUp: WARM_UP, times: BATCHES }, async () => {
      for (const id of ids) await session.get(id)
    })
    await session.close()
    return { p50: (quantile(times, 0.5) * 1_000) / BATCH }
  },
}
