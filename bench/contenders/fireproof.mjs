/** @typedef {import('../task.mjs').Task} Task */

/**
 * Sealed, as Firekeep, over IndexedDB.
 *
 * @type {import('./contender.js').Contender}
 */
export const fireproof = {
  id: 'fireproof',
  label: 'Fireproof',
  package: '@fireproof/core',
  imports: `export { fireproof } from '@fireproof/core'`,
  // After one call of 10,000 the next process misses a block.
  fillBatch: 1_000,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get', 'query', 'live'],
  async load() {
    const { fireproof: openDatabase } = await import('@fireproof/core')
    return async () => {
      const db = openDatabase('bench')
      await db.ready()
      /** @param {string} room */
      const query = async room =>
        /** @type {Task[]} */ (/** @type {unknown} */ ((await db.query('room', { key: room })).docs))
      return {
        put: task => db.put(task),
        bulk: tasks => db.bulk([...tasks]),
        get: async id => /** @type {Task} */ (await db.get(id)),
        query,
        live(room, listener) {
          const tell = async () => listener(await query(room))
          const stop = db.subscribe(async docs => {
            if (docs.some(doc => /** @type {Task} */ (doc).room === room)) await tell()
          }, true)
          tell()
          return stop
        },
        close: async () => {
          await db.close()
        },
      }
    }
  },
}
