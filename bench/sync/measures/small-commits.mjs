import { grouped } from './grouped.mjs'

/**
 * Awaited puts of new documents on one device, all counted from the first call.
 *
 * @param {number} commits
 * @returns {import('./sync-measures.mjs').SyncMeasure}
 */
export function smallCommits(commits) {
  return {
    id: 'small-commits',
    label: `${grouped(commits)} awaited puts`,
    group: 'Syncing',
    needs: ['sync'],
    rounds: 3,
    figures: [
      { id: 'written', label: 'until all are written', unit: 'ms' },
      { id: 'acknowledged', label: 'until the server has all', unit: 'ms' },
      { id: 'arrived', label: 'until the other device has all', unit: 'ms' },
    ],
    async run({ startServer }) {
      const server = await startServer()
      const [writer, reader] = await server.openPair()
      const arrival = reader.call('whenHolds', commits)
      const { start, end } = await writer.call('puts', { first: 0, count: commits })
      const acknowledged = await writer.call('acknowledged')
      return { written: end - start, acknowledged: acknowledged - start, arrived: (await arrival) - start }
    },
  }
}
