/** @typedef {import('../task.mjs').Task} Task */

/**
 * One document with a map of tasks, all in memory; y-indexeddb stores each update, and no promise says when: a
 * read behind it waits for it. It has no indexes.
 *
 * @type {import('./contender.js').Contender}
 */
export const yjs = {
  id: 'yjs',
  label: 'Yjs',
  package: 'yjs',
  imports: `
    export { Doc } from 'yjs'
    export { IndexeddbPersistence } from 'y-indexeddb'`,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get'],
  async load() {
    const { Doc } = await import('yjs')
    const { IndexeddbPersistence, storeState } = await import('y-indexeddb')
    return async () => {
      const doc = new Doc()
      const persistence = new IndexeddbPersistence('bench', doc)
      await persistence.whenSynced
      /** @type {import('yjs').Map<Task>} */
      const tasks = doc.getMap('tasks')
      const stored = () => behindUpdates(/** @type {IDBDatabase} */ (persistence.db))
      return {
        put(task) {
          tasks.set(task._id, task)
          return stored()
        },
        bulk(many) {
          doc.transact(() => {
            for (const task of many) tasks.set(task._id, task)
          })
          return stored()
        },
        get: async id => tasks.get(id),
        async compact() {
          await storeState(persistence, true)
          await stored()
        },
        close: async () => {
          await persistence.destroy()
        },
      }
    }
  },
}

/**
 * Resolves when everything that was written before is stored: transactions over one store follow each other.
 *
 * @param {IDBDatabase} database
 * @returns {Promise<void>}
 */
function behindUpdates(database) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction('updates', 'readonly')
    transaction.objectStore('updates').getKey(0)
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}
