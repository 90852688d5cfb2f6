import { sizeOf } from './size-of.mjs'

/**
 * Counts, from now on, the bytes of all values that this page hands to IndexedDB.
 *
 * @returns {() => number} what they are up to now
 */
export function countHandedBytes() {
  let bytes = 0
  /** @param {unknown} value */
  const count = value => {
    bytes += sizeOf(value)
  }
  for (const method of /** @type {const} */ (['put', 'add'])) {
    const original = IDBObjectStore.prototype[method]
    IDBObjectStore.prototype[method] = function (value, key) {
      count(value)
      return key === undefined ? original.call(this, value) : original.call(this, value, key)
    }
  }
  const update = IDBCursor.prototype.update
  IDBCursor.prototype.update = function (value) {
    count(value)
    return update.call(this, value)
  }
  return () => bytes
}
