const SCHEMA = /** @type {const} */ ({
  version: 0,
  primaryKey: '_id',
  type: 'object',
  properties: {
    _id: { type: 'string', maxLength: 40 },
    type: { type: 'string' },
    room: { type: 'string', maxLength: 40 },
    edits: { type: 'number' },
    text: { type: 'string' },
    title: { type: 'string' },
    owner: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    items: { type: 'array', items: { type: 'object' } },
  },
  required: ['_id', 'type', 'room', 'edits', 'text'],
  indexes: ['room'],
})

/**
 * Over its Dexie storage with an index on `room`, without validation. Documents and results that were read once
 * are answered from its caches.
 *
 * @type {import('./contender.js').Contender}
 */
export const rxdb = {
  id: 'rxdb',
  label: 'RxDB',
  package: 'rxdb',
  imports: `
    export { createRxDatabase } from 'rxdb/plugins/core'
    export { getRxStorageDexie } from 'rxdb/plugins/storage-dexie'`,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get', 'query', 'live'],
  async load() {
    const { createRxDatabase } = await import('rxdb/plugins/core')
    const { getRxStorageDexie } = await import('rxdb/plugins/storage-dexie')
    return async () => {
      const db = await createRxDatabase({ name: 'bench', storage: getRxStorageDexie(), multiInstance: false })
      const { tasks } = await db.addCollections({ tasks: { schema: SCHEMA } })
      /** @param {string} room */
      const query = room => tasks.find({ selector: { room } })
      return {
        put: task => tasks.incrementalUpsert(task),
        bulk: many => tasks.bulkInsert([...many]),
        get: async id => (await tasks.findOne(id).exec()) ?? undefined,
        query: room => query(room).exec(),
        live(room, listener) {
          const subscription = query(room).$.subscribe(listener)
          return () => subscription.unsubscribe()
        },
        close: async () => {
          await db.close()
        },
      }
    }
  },
}
