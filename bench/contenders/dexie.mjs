import { DURABILITY } from '../durability.mjs'

/** @typedef {import('../task.mjs').Task} Task */

/**
 * Documents in clear with an index on `room`.
 *
 * @type {import('./contender.js').Contender}
 */
export const dexie = {
  id: 'dexie',
  label: 'Dexie',
  package: 'dexie',
  imports: `export { Dexie, liveQuery } from 'dexie'`,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get', 'query', 'live'],
  async load() {
    const { Dexie, liveQuery } = await import('dexie')
    return async () => {
      const db = new Dexie('bench', { chromeTransactionDurability: DURABILITY.chromium })
      db.version(1).stores({ tasks: '_id, room' })
      /** @type {import('dexie').Table<Task, string>} */
      const tasks = db.table('tasks')
      /** @param {string} room */
      const query = room => tasks.where('room').equals(room).toArray()
      return {
        put: task => tasks.put(task),
        bulk: many => tasks.bulkPut(many),
        get: async id => tasks.get(id),
        query: async room => query(room),
        live(room, listener) {
          const subscription = liveQuery(() => query(room)).subscribe(listener)
          return () => subscription.unsubscribe()
        },
        close: async () => db.close(),
      }
    }
  },
}
