import { DURABILITY } from '../durability.mjs'

const STORE = 'records'
/** As long as the keys of Firekeep's records. */
const KEY_LENGTH = 33

/**
 * An IndexedDB object store; each write is one readwrite transaction, committed at once.
 *
 * @returns {Promise<import('./open-raw-storage.mjs').RawStorage>}
 */
export async function openRecordStore() {
  const database = await openDatabase()
  let count = 0
  return {
    write: values =>
      new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, 'readwrite', { durability: DURABILITY.chromium })
        transaction.oncomplete = () => resolve()
        transaction.onabort = () => reject(transaction.error)
        const store = transaction.objectStore(STORE)
        for (const value of values) {
          count += 1
          store.add(value, String(count).padStart(KEY_LENGTH, '0'))
        }
        transaction.commit()
      }),
    close: async () => database.close(),
  }
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('floor', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
