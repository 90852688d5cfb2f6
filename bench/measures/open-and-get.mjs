import { createTask } from '../task.mjs'
import { timed } from './timed.mjs'

const DOCUMENTS = 1_000

/**
 * Opening a database of 1,000 documents, each from a put of its own, until the first of them is read.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const openAndGet = {
  id: 'open',
  label: 'open and first get at 1,000 documents',
  needs: ['put', 'get'],
  figures: [{ id: 'time', label: 'time', unit: 'ms' }],
  async run({ open }) {
    const filling = await open()
    for (let i = 0; i < DOCUMENTS; i++) await filling.put(createTask(i))
    await filling.close()
    /** @type {import('../contenders/contender.js').Session | undefined} */
    let session
    const time = await timed(async () => {
      session = await open()
      await session.get(createTask(0)._id)
    })
    await session?.close()
    return { time }
  },
}
