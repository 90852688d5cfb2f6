import { TASK_BYTES } from '../task.mjs'
import { BATCH, taskBatch } from './task-batch.mjs'

const DOCUMENTS = 10_000

/**
 * Bytes in the storage per byte of JSON, of documents that came in calls of 1,000 and were then compacted where a
 * contender can. There are as many others before, so that what does not depend on their number (keys, room held
 * back, the platform's own files) does not count.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const storedBytes = {
  id: 'stored-bytes',
  label: '10,000 documents, compacted',
  group: 'Size',
  needs: ['bulk', 'get'],
  rounds: 3,
  figures: [
    { id: 'held', label: 'keys and values in IndexedDB', unit: 'bytes per byte' },
    { id: 'disk', label: 'in all, as the platform counts', unit: 'bytes per byte' },
  ],
  async run({ open, usage, held }) {
    const session = await open()
    const store = async (/** @type {number} */ first) => {
      for (let i = 0; i < DOCUMENTS / BATCH; i++) await session.bulk(taskBatch(first + i))
      await session.compact?.()
      return { disk: await usage(), held: await held?.() }
    }
    const before = await store(0)
    const after = await store(DOCUMENTS / BATCH)
    await session.close()
    const json = DOCUMENTS * TASK_BYTES
    /** @type {Record<string, number>} */
    const figures = { disk: (after.disk - before.disk) / json }
    if (after.held !== undefined && before.held !== undefined)
      figures.held = (after.held - before.held) / json
    return figures
  },
}
