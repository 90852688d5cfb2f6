/** @typedef {import('../task.mjs').Task} Task */

/**
 * All documents in memory, in a collection with an index on `room`, stored by its IndexedDB collection.
 *
 * @type {import('./contender.js').Contender}
 */
export const tanstackDb = {
  id: 'tanstack-db',
  label: 'TanStack DB',
  package: '@tanstack/db',
  imports: `
    export {
      BTreeIndex, createCollection, createIndexedDB, createLiveQueryCollection, eq, indexedDBCollectionOptions,
      queryOnce,
    } from '@tanstack/db'`,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get', 'query', 'live'],
  async load() {
    const {
      BTreeIndex,
      createCollection,
      createIndexedDB,
      createLiveQueryCollection,
      eq,
      indexedDBCollectionOptions,
      queryOnce,
    } = await import('@tanstack/db')
    return async () => {
      const db = await createIndexedDB({ name: 'bench', version: 1, stores: ['tasks'] })
      /** @param {Task} task */
      const getKey = task => task._id
      const tasks = createCollection(indexedDBCollectionOptions({ db, name: 'tasks', getKey }))
      tasks.createIndex(task => task.room, { indexType: BTreeIndex })
      await tasks.preload()
      /** @param {string} room */
      const inRoom = room => (/** @type {import('@tanstack/db').InitialQueryBuilder} */ q) =>
        q.from({ task: tasks }).where(({ task }) => eq(task.room, room))
      return {
        put: task =>
          (tasks.has(task._id)
            ? tasks.update(task._id, draft => void Object.assign(draft, task))
            : tasks.insert(task)
          ).isPersisted.promise,
        bulk: many => tasks.insert([...many]).isPersisted.promise,
        get: async id => tasks.get(id),
        query: room => queryOnce(inRoom(room)),
        live(room, listener) {
          const rows = createLiveQueryCollection(inRoom(room))
          const subscription = rows.subscribeChanges(() => listener(rows.toArray), {
            includeInitialState: true,
          })
          return () => subscription.unsubscribe()
        },
        close: async () => {
          await tasks.cleanup()
          db.close()
        },
      }
    }
  },
}
