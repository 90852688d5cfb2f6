import { sizeOf } from './size-of.mjs'

/**
 * The bytes of all keys and values in the IndexedDB databases of this page, without what the browser adds and has
 * not yet cleared away.
 */
export async function heldBytes() {
  let bytes = 0
  for (const { name } of await indexedDB.databases()) {
    const database = /** @type {IDBDatabase} */ (await resultOf(indexedDB.open(String(name))))
    for (const store of database.objectStoreNames) bytes += await storeBytes(database, store)
    database.close()
  }
  return bytes
}

/**
 * @param {IDBDatabase} database
 * @param {string} name
 */
async function storeBytes(database, name) {
  const store = database.transaction(name).objectStore(name)
  const [keys, values] = await Promise.all([resultOf(store.getAllKeys()), resultOf(store.getAll())])
  // An inline key is part of its value.
  return sizeOf(values) + (store.keyPath === null ? sizeOf(keys) : 0)
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
