import { grouped } from './grouped.mjs'

/** Connections that come first, so that what the first ones load and compile is not counted. */
const WARM_UP = 100

/**
 * What a connection costs the server that has one log open, follows it, and is idle. A heap grows by large steps
 * when it begins to be used, which the first figure has in it; the second has what connections hold.
 *
 * @param {number} connections
 * @returns {import('./sync-measures.mjs').SyncMeasure}
 */
export function idleConnections(connections) {
  const count = grouped(connections)
  return {
    id: 'idle-connections',
    label: 'RSS of the server for an idle connection',
    group: 'Serving',
    needs: ['idle'],
    figures: [
      { id: 'first', label: `of the first ${count}`, unit: 'kB' },
      { id: 'next', label: `of the next ${count}`, unit: 'kB' },
    ],
    async run({ startServer }) {
      const server = await startServer()
      const clients = await server.openClients()
      let opened = 0
      /** @param {number} wanted */
      const open = async wanted => {
        const logs = Array.from({ length: wanted }, () => opened++)
        await clients.call('connect', { logs, follow: true })
        return server.memory()
      }
      const empty = await open(WARM_UP)
      const half = await open(connections)
      const full = await open(connections)
      return { first: (half - empty) / connections / 1_000, next: (full - half) / connections / 1_000 }
    },
  }
}
