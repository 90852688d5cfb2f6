import { createPut } from './create-pouchdb-put.mjs'

/** What `find` answers where nothing else is said is 25 documents. */
const ALL = 100_000

/**
 * The default adapter with `pouchdb-find` and an index on `room`. A write has to name the revision it replaces:
 * where the session does not know it, it is read first.
 *
 * @type {import('./contender.js').Contender}
 */
export const pouchdb = {
  id: 'pouchdb',
  label: 'PouchDB',
  package: 'pouchdb-browser',
  imports: `
    import PouchDB from 'pouchdb-browser'
    import find from 'pouchdb-find'
    PouchDB.plugin(find)
    export { PouchDB }`,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get', 'query', 'live'],
  async load() {
    const [{ default: PouchDB }, { default: find }] = await Promise.all([
      import('pouchdb-browser'),
      import('pouchdb-find'),
    ])
    PouchDB.plugin(find)
    return async () => {
      const db = new PouchDB('bench')
      await db.createIndex({ index: { fields: ['room'], ddoc: 'rooms', name: 'rooms' } })
      const put = createPut(db)
      /** @param {string} room */
      const query = async room => (await db.find({ selector: { room }, use_index: 'rooms', limit: ALL })).docs
      return {
        put,
        bulk: tasks => db.bulkDocs(tasks),
        get: id => db.get(id),
        query,
        live(room, listener) {
          const tell = async () => listener(await query(room))
          const feed = db.changes({ since: 'now', live: true, include_docs: true })
          feed.on('change', ({ doc }) => {
            if (doc.room === room) tell()
          })
          tell()
          return () => feed.cancel()
        },
        compact: () => db.compact(),
        close: () => db.close(),
      }
    }
  },
}
