import { fileURLToPath } from 'node:url'

/** @typedef {import('../../task.mjs').Task} Task */

/** Beyond what one address may open at first; all other limits are those that a server has by itself. */
const CONNECTIONS = '20000'

/**
 * The server's command line with its embedded engine. A device stores in files, and the ticket is the key.
 *
 * @type {import('./sync-contender.js').SyncContender}
 */
export const firekeep = {
  id: 'firekeep',
  label: 'Firekeep',
  environments: ['node'],
  operations: ['sync', 'append', 'idle'],
  server: dir => ({
    program: fileURLToPath(new URL('dist/cli/main.js', import.meta.resolve('@firekeep/server/package.json'))),
    args: ['serve', '--port', '0', '--dir', dir, '--log-level', 'warn'].concat(
      ['--max-connections', CONNECTIONS],
      ['--max-connections-per-address', CONNECTIONS],
    ),
  }),
  async loadDevice() {
    const [{ firekeep: openDatabase, httpRemote }, { WebSocket }] = await Promise.all([
      import('@firekeep/core'),
      import('ws'),
    ])
    return async ({ url, dir, ticket, listener }) => {
      const key = ticket === undefined ? {} : { key: ticket }
      /** @type {import('@firekeep/core').Database<Task>} */
      const db = openDatabase('bench', { storage: 'files', dir, ...key })
      // No measure deletes.
      db.subscribe(changes => listener(/** @type {readonly Task[]} */ (changes)))
      /** @type {import('@firekeep/core').Attachment | undefined} */
      let attachment
      return {
        ticket: async () => ticket ?? (await db.exportKey()),
        async connect() {
          attachment = db.attach(httpRemote(url, { webSocket: WebSocket }))
        },
        disconnect: async () => attachment?.detach(),
        put: task => db.put(task),
        bulk: tasks => db.bulk(tasks),
        acknowledged: async () => attachment?.synced(),
        count: async () => (await db.allDocs()).rows.length,
        close: () => db.close(),
      }
    }
  },
  async loadRawClients() {
    const { FirekeepClients } = await import('./firekeep-clients.mjs')
    return url => new FirekeepClients(url)
  },
}
