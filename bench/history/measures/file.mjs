import { randomBytes } from '../../floors/random-bytes.mjs'
import { timed } from '../../measures/timed.mjs'
import { grouped } from '../../sync/measures/grouped.mjs'

const MB = 1_000_000

/**
 * A file of random bytes: in until it is durable, and out again in pieces.
 *
 * @param {number} length
 * @returns {import('./history-measures.mjs').HistoryMeasure}
 */
export function file(length) {
  return {
    id: 'file',
    label: `a file of ${grouped(length / MB)} MB`,
    group: 'Files',
    needs: ['file'],
    rounds: 3,
    figures: [
      { id: 'in', label: 'in', unit: 'MB/s' },
      { id: 'out', label: 'out', unit: 'MB/s' },
    ],
    async run(session) {
      const { store, load } = await session.file(randomBytes(length))
      const storing = await timed(store)
      const loading = await timed(async () => {
        const read = await load()
        if (read !== length) throw new Error(`${read} bytes came out of ${length}.`)
      })
      return { in: rate(length, storing), out: rate(length, loading) }
    },
  }
}

/**
 * @param {number} length
 * @param {number} milliseconds
 */
function rate(length, milliseconds) {
  return length / MB / (milliseconds / 1_000)
}
