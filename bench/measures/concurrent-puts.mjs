import { repeatBatch } from './repeat-batch.mjs'

/**
 * Puts that are issued at once, until all are durable. The floor cannot join them: it makes 1,000 transactions,
 * or 1,000 appends.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const concurrentPuts = {
  id: 'concurrent-puts',
  label: '1,000 concurrent puts',
  group: 'Writing',
  needs: ['put'],
  figures: [{ id: 'time', label: 'time', unit: 'ms' }],
  run: ({ open }) => repeatBatch(open, (session, tasks) => Promise.all(tasks.map(task => session.put(task)))),
}
