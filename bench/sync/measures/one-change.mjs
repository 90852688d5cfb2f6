import { quantile } from '../../quantile.mjs'

/**
 * One changed document after the other, from the call of the put on one device until another shows it.
 *
 * @param {number} changes
 * @returns {import('./sync-measures.mjs').SyncMeasure}
 */
export function oneChange(changes) {
  return {
    id: 'one-change',
    label: 'one changed document',
    group: 'Syncing',
    needs: ['sync'],
    figures: [
      { id: 'p50', label: 'put to the other device, p50', unit: 'ms' },
      { id: 'p99', label: 'put to the other device, p99', unit: 'ms' },
    ],
    async run({ startServer }) {
      const server = await startServer()
      const [writer, reader] = await server.openPair()
      const warmUp = Math.ceil(changes / 10)
      const times = []
      for (let edits = 1; edits <= warmUp + changes; edits++) {
        const [{ start }, shown] = await Promise.all([
          writer.call('change', { number: 0, edits }),
          reader.call('whenShown', { number: 0, edits }),
        ])
        if (edits > warmUp) times.push(shown - start)
      }
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
    },
  }
}
