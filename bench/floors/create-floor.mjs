/**
 * A contender that only stores bytes, in the cheapest durable storage of its environment.
 *
 * @param {Pick<import('../contenders/contender.js').Contender, 'id' | 'label' | 'operations'>} description
 * @param {(
 *   storage: import('./open-raw-storage.mjs').RawStorage,
 *   place: import('../contenders/contender.js').Place,
 * ) => Promise<Partial<import('../contenders/contender.js').Session>>} prepare makes its operations
 * @returns {import('../contenders/contender.js').Contender}
 */
export function createFloor(description, prepare) {
  return {
    ...description,
    environments: ['node', 'chromium'],
    async load() {
      const { openRawStorage } = await import('./open-raw-storage.mjs')
      return async place => {
        const storage = await openRawStorage(place)
        return { ...(await prepare(storage, place)), close: () => storage.close() }
      }
    },
  }
}
