/** @typedef {import('../task.mjs').Task} Task */

/** What `find` answers where nothing else is said is 25 documents. */
const ALL = 100_000
const CONFLICT = 409

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

/** @param {import('pouchdb-browser')} db */
function createPut(db) {
  /** @type {Map<string, string>} */
  const revisions = new Map()
  /** @param {Task} task */
  return async task => {
    const attempt = async () => {
      const { rev } = await db.put({ ...task, _rev: revisions.get(task._id) })
      revisions.set(task._id, rev)
    }
    await attempt().catch(async error => {
      if (/** @type {{ status?: number }} */ (error).status !== CONFLICT) throw error
      revisions.set(task._id, (await db.get(task._id))._rev)
      await attempt()
    })
  }
}
