import { createTask } from '../task.mjs'
import { taskBatch } from './task-batch.mjs'
import { timed } from './timed.mjs'

const DOCUMENTS = 10_000
/** A number that no document of the warm-up has. */
const FIRST = 10_000

/** @type {import('./measures.mjs').Measure} */
export const bulk10k = {
  id: 'bulk-10k',
  label: '10,000 documents in one call',
  group: 'Writing',
  needs: ['bulk'],
  rounds: 3,
  figures: [{ id: 'time', label: 'time', unit: 'ms' }],
  async run({ open }) {
    const session = await open()
    await session.bulk(taskBatch(0))
    const tasks = Array.from({ length: DOCUMENTS }, (_, i) => createTask(FIRST + i))
    const time = await timed(() => session.bulk(tasks))
    await session.close()
    return { time }
  },
}
