import { fileURLToPath } from 'node:url'

/** @typedef {import('../../task.mjs').Task} Task */

/**
 * Documents as JSON in clear over a bare WebSocket; each device and the server append them to a file, with
 * `fdatasync`. Nothing is checked, merged or indexed.
 *
 * @type {import('./sync-contender.js').SyncContender}
 */
export const floor = {
  id: 'floor',
  label: 'floor',
  environments: ['node'],
  operations: ['sync', 'append', 'idle'],
  server: dir => ({
    program: fileURLToPath(new URL('../servers/floor-server.mjs', import.meta.url)),
    args: [dir],
  }),
  async loadDevice() {
    const [{ openAppendLog }, { FloorConnection }] = await Promise.all([
      import('../../floors/append-log.mjs'),
      import('./floor-connection.mjs'),
    ])
    return async ({ url, dir, listener }) => {
      const log = await openAppendLog(dir)
      let received = 0
      /** @type {import('./floor-connection.mjs').FloorConnection | undefined} */
      let connection
      /** @param {readonly Buffer[]} records */
      const take = async records => {
        received += records.length
        await log.write(records)
        listener(records.flatMap(record => /** @type {Task[]} */ (JSON.parse(record.toString()))))
      }
      /** @param {readonly Task[]} tasks */
      const write = async tasks => {
        const record = Buffer.from(JSON.stringify(tasks))
        await log.write([record])
        listener(tasks)
        connection?.send(record)
      }
      return {
        ticket: async () => 'all',
        async connect() {
          connection = await FloorConnection.open(`${url}/after/${received}`, take)
        },
        disconnect: async () => connection?.close(),
        put: task => write([task]),
        bulk: write,
        acknowledged: async () => connection?.acknowledged(),
        close: () => log.close(),
      }
    }
  },
  async loadRawClients() {
    const { FloorClients } = await import('./floor-clients.mjs')
    return url => new FloorClients(url)
  },
}
