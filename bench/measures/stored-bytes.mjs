import { TASK_BYTES } from '../task.mjs'
import { BATCH, taskBatch } from './task-batch.mjs'

const DOCUMENTS = 10_000

/**
 * Bytes in the storage per byte of JSON, of documents that came in one call and were then compacted where a
 * contender can. One document was there before, so that what the first one takes (keys, the least room that is held
 * back, the platform's own files) does not count; what room is held back for more documents does.
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
    const look = async () => ({ disk: await usage(), held: await held?.() })
    await session.bulk(taskBatch(DOCUMENTS / BATCH).slice(0, 1))
    const before = await look()
    await session.bulk(Array.from({ length: DOCUMENTS / BATCH }, (_, i) => taskBatch(i)).flat())
    await session.compact?.()
    const after = await look()
    await session.close()
    const json = DOCUMENTS * TASK_BYTES
    /** @type {Record<string, number>} */
    const figures = { disk: (after.disk - before.disk) / json }
    if (after.held !== undefined && before.held !== undefined)
      figures.held = (after.held - before.held) / json
    return figures
  },
}
