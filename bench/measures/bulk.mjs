import { repeatBatch } from './repeat-batch.mjs'

/** @type {import('./measures.mjs').Measure} */
export const bulk = {
  id: 'bulk',
  label: '1,000 documents in one call',
  group: 'Writing',
  needs: ['bulk'],
  figures: [{ id: 'time', label: 'time', unit: 'ms' }],
  run: ({ open }) => repeatBatch(open, (session, tasks) => session.bulk(tasks)),
}
