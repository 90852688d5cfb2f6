/**
 * Packs that clients append by hand, each of which waits for the answer before it sends the next; all have logs of
 * their own, or all have one. Where there is but one log in any case, the figures are of the same kind.
 *
 * @param {{ clients: number, milliseconds: number }} load
 * @returns {import('./sync-measures.mjs').SyncMeasure}
 */
export function durableAppends({ clients, milliseconds }) {
  return {
    id: 'durable-appends',
    label: `durable appends of 2 kB, ${clients} clients`,
    group: 'Serving',
    needs: ['append'],
    figures: [
      { id: 'manyLogs', label: `${clients} logs`, unit: '/s' },
      { id: 'oneLog', label: 'one log', unit: '/s' },
      { id: 'followed', label: 'one log that all follow', unit: '/s' },
    ],
    async run({ startServer }) {
      const server = await startServer()
      /**
       * @param {(client: number) => number} logOf
       * @param {boolean} [follow]
       */
      const rate = async (logOf, follow = false) => {
        const load = await server.openClients()
        const logs = Array.from({ length: clients }, (_, client) => logOf(client))
        await load.call('connect', { logs, follow })
        await load.call('appendFor', milliseconds / 4)
        const perSecond = await load.call('appendFor', milliseconds)
        await load.end()
        return perSecond
      }
      return {
        manyLogs: await rate(client => client),
        oneLog: await rate(() => 0),
        followed: await rate(() => 0, true),
      }
    },
  }
}
