import { quantile } from '../quantile.mjs'
import { createTask } from '../task.mjs'
import { timed } from './timed.mjs'

const WARM_UP = 1000
const PUTS = 1000

/**
 * Puts of new documents, each awaited before the next.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const awaitedPut = {
  id: 'awaited-put',
  label: 'awaited put',
  needs: ['put'],
  figures: [
    { id: 'p50', label: 'p50', unit: 'ms' },
    { id: 'p99', label: 'p99', unit: 'ms' },
  ],
  async run({ open }) {
    const session = await open()
    const times = []
    for (let i = 0; i < WARM_UP + PUTS; i++) {
      const task = createTask(i)
      times.push(await timed(() => session.put(task)))
    }
    await session.close()
    const measured = times.slice(WARM_UP)
    return { p50: quantile(measured, 0.5), p99: quantile(measured, 0.99) }
  },
}
