/** @typedef {import('../task.mjs').Task} Task */

/**
 * All documents in memory, with an index; its IndexedDB persister stores the whole table at each save. Puts that
 * wait for a save share the next one.
 *
 * @type {import('./contender.js').Contender}
 */
export const tinybase = {
  id: 'tinybase',
  label: 'TinyBase',
  package: 'tinybase',
  imports: `
    export { createStore } from 'tinybase/store'
    export { createIndexes } from 'tinybase/indexes'
    export { createQueries } from 'tinybase/queries'
    export { createIndexedDbPersister } from 'tinybase/persisters/persister-indexed-db'`,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get', 'query', 'live'],
  async load() {
    const { createStore } = await import('tinybase/store')
    const { createIndexes } = await import('tinybase/indexes')
    const { createQueries } = await import('tinybase/queries')
    const { createIndexedDbPersister } = await import('tinybase/persisters/persister-indexed-db')
    return async () => {
      const store = createStore()
      const persister = createIndexedDbPersister(store, 'bench')
      await persister.load()
      const indexes = createIndexes(store).setIndexDefinition('rooms', 'tasks', 'room')
      const save = joinCalls(() => persister.save())
      /** @param {string} id */
      const read = id => /** @type {Task} */ (/** @type {unknown} */ (store.getRow('tasks', id)))
      return {
        put(task) {
          store.setRow('tasks', task._id, { ...task })
          return save()
        },
        bulk(tasks) {
          store.transaction(() => {
            for (const task of tasks) store.setRow('tasks', task._id, { ...task })
          })
          return save()
        },
        get: async id => read(id),
        query: async room => indexes.getSliceRowIds('rooms', room).map(read),
        live: (room, listener) => watchRoom(createQueries(store), room, listener),
        close: async () => {
          await persister.destroy()
        },
      }
    }
  },
}

/**
 * @param {import('tinybase/queries').Queries} queries
 * @param {string} room
 * @param {(tasks: readonly Task[]) => void} listener
 */
function watchRoom(queries, room, listener) {
  queries.setQueryDefinition('room', 'tasks', ({ select, where }) => {
    for (const field of ['_id', 'type', 'room', 'edits', 'text']) select(field)
    where('room', room)
  })
  const tell = () =>
    listener(/** @type {Task[]} */ (/** @type {unknown} */ (Object.values(queries.getResultTable('room')))))
  queries.addResultTableListener('room', tell)
  tell()
  return () => queries.destroy()
}

/**
 * `work` again and again, never twice at once: calls that come while it runs share one run behind it.
 *
 * @param {() => Promise<unknown>} work
 */
function joinCalls(work) {
  /** @type {Promise<unknown>} */
  let running = Promise.resolve()
  /** @type {Promise<unknown> | undefined} */
  let next
  return () => {
    next ??= running.then(() => {
      next = undefined
      running = work()
      return running
    })
    return next
  }
}
