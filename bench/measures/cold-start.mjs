import { createTask, roomOf } from '../task.mjs'
import { countLabel } from './count-label.mjs'
import { mustFindRows } from './must-find-rows.mjs'

const MEGABYTE = 1_000_000

/**
 * A new process, or a new browser, on what an earlier one stored: from loading the library, whether it comes in one
 * part or in several, until the first document is read, until the first query of 100 rows is answered, and the
 * memory then.
 *
 * @param {number} documents
 * @returns {import('./measures.mjs').Measure}
 */
export const coldStart = documents => ({
  id: `cold-${countLabel(documents)}`,
  label: `cold start at ${documents.toLocaleString('en')}`,
  group: 'Starting',
  needs: ['bulk', 'get'],
  documents,
  rounds: 3,
  figures: [
    { id: 'get', label: 'load, open and first get', unit: 'ms' },
    { id: 'query', label: 'load, open, first get and first query', unit: 'ms' },
    { id: 'heap', label: 'heap', unit: 'MB' },
    { id: 'rss', label: 'RSS', unit: 'MB' },
  ],
  async run({ open, memory }) {
    const last = createTask(documents - 1)
    const start = performance.now()
    const session = await open()
    const found = await session.get(last._id)
    const get = performance.now() - start
    if (Number(found?.edits) !== last.edits) throw new Error('The first get answered another document.')
    /** @type {Record<string, number>} */
    const figures = { get }
    if (session.query !== undefined) {
      await mustFindRows(session, roomOf(0), 100)
      figures.query = performance.now() - start
    }
    const { heap, rss } = await memory()
    figures.heap = heap / MEGABYTE
    if (rss !== undefined) figures.rss = rss / MEGABYTE
    await session.close()
    return figures
  },
})
