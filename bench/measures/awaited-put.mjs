import { quantile } from '../quantile.mjs'
import { createTask } from '../task.mjs'
import { repeatTimed } from './repeat-timed.mjs'

const WARM_UP = 500
const PUTS = 1_000

/**
 * Puts of new documents, each awaited before the next.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const awaitedPut = {
  id: 'awaited-put',
  label: 'awaited put',
  group: 'Writing',
  needs: ['put'],
  figures: [
    { id: 'p50', label: 'p50', unit: 'ms' },
    { id: 'p99', label: 'p99', unit: 'ms' },
  ],
  async run({ open }) {
    const session = await open()
    const times = await repeatTimed({ warmUp: WARM_UP, times: PUTS }, i => session.put(createTask(i)))
    await session.close()
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
  },
}
