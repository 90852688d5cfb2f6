import { firekeepOptions } from './firekeep-options.mjs'

/** @typedef {import('../task.mjs').Task} Task */

/**
 * Signed, sealed commits; compacts by itself after every 100 of them.
 *
 * @type {import('./contender.js').Contender}
 */
export const firekeep = {
  id: 'firekeep',
  label: 'Firekeep',
  imports: `export { firekeep } from '@firekeep/core'`,
  environments: ['node', 'chromium'],
  operations: ['put', 'bulk', 'get', 'query', 'live'],
  async load() {
    const { firekeep: openDatabase } = await import('@firekeep/core')
    return async place => {
      /** @type {import('@firekeep/core').Database<Task>} */
      const db = openDatabase('bench', firekeepOptions(place))
      return {
        put: task => db.put(task),
        bulk: tasks => db.bulk(tasks),
        get: id => db.get(id),
        query: async room => (await db.query('room', { key: room })).docs,
        live(room, listener) {
          const live = db.live('room', { key: room })
          const stop = live.subscribe(({ docs }) => listener(docs))
          return () => {
            stop()
            live.close()
          }
        },
        compact: () => db.compact(),
        async close() {
          await assertStorage(db, place)
          await db.close()
        },
      }
    }
  },
}

/**
 * So that memory is never measured by mistake.
 *
 * @param {import('@firekeep/core').Database<Task>} db
 * @param {import('./contender.js').Place} place
 */
async function assertStorage(db, { environment }) {
  const { kind } = await db.storageInfo()
  const expected = environment === 'node' ? 'files' : 'indexeddb'
  if (kind !== expected) throw new Error(`Firekeep stored in ${kind}; only ${expected} is to be measured.`)
}
