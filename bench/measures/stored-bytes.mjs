import { createTask, TASK_BYTES } from '../task.mjs'

const DOCUMENTS = 2_000

/**
 * Bytes in the storage per byte of JSON, for documents from a put of their own each. What a database takes before
 * its second document (keys, room held back, the platform's own files) does not count.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const storedBytes = {
  id: 'stored-bytes',
  label: 'stored bytes per JSON byte',
  needs: ['put'],
  figures: [{ id: 'ratio', label: 'documents put one by one', unit: 'bytes per byte' }],
  async run({ open, usage }) {
    const session = await open()
    await session.put(createTask(0))
    const before = await usage()
    for (let i = 1; i <= DOCUMENTS; i++) await session.put(createTask(i))
    const after = await usage()
    await session.close()
    return { ratio: (after - before) / (DOCUMENTS * TASK_BYTES) }
  },
}
