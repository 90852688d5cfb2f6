import { fileURLToPath } from 'node:url'
import { createPut } from '../../contenders/create-pouchdb-put.mjs'

/**
 * In clear, live replication both ways with a server of its own; devices and server store in LevelDB, which does not
 * wait for the disk.
 *
 * @type {import('./sync-contender.js').SyncContender}
 */
export const pouchdb = {
  id: 'pouchdb',
  label: 'PouchDB',
  package: 'pouchdb-node',
  environments: ['node'],
  operations: ['sync'],
  server: dir => ({
    program: fileURLToPath(new URL('../servers/pouchdb-server.mjs', import.meta.url)),
    args: [dir],
  }),
  async loadDevice() {
    const { default: PouchDB } = await import('pouchdb-node')
    return async ({ url, dir, listener }) => {
      const db = new PouchDB(`${dir}/bench`)
      db.changes({ since: 'now', live: true, include_docs: true }).on('change', ({ doc }) => listener([doc]))
      /** @type {import('pouchdb-node').Replication | undefined} */
      let replication
      let sent = 0
      return {
        ticket: async () => 'bench',
        async connect() {
          replication = db.sync(`${url}/bench`, { live: true, retry: true })
          replication.push.on('change', ({ last_seq }) => {
            sent = last_seq
          })
        },
        disconnect: async () => replication?.cancel(),
        put: createPut(db),
        bulk: tasks => db.bulkDocs(tasks),
        async acknowledged() {
          const { update_seq } = await db.info()
          while (sent < update_seq) await next(replication?.push, 'change')
        },
        close: () => db.close(),
      }
    }
  },
}

/**
 * @param {import('pouchdb-node').Feed | undefined} feed
 * @param {'change'} event
 */
function next(feed, event) {
  return new Promise(resolve => feed?.once(event, resolve))
}
