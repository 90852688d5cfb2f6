import { DURABILITY } from '../../durability.mjs'
import { createCipher } from './create-cipher.mjs'
import { FILE_PIECE } from './file-piece.mjs'

/** @typedef {import('./create-cipher.mjs').SealedRecord} SealedRecord */

const STORE = 'pieces'

/**
 * Each piece sealed by itself, a record and a transaction of IndexedDB each, while the next is sealed.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function sealedRecords(bytes) {
  const cipher = await createCipher()
  const database = await openPieces()
  const pieces = Math.ceil(bytes.length / FILE_PIECE)
  return {
    async store() {
      const stored = []
      for (let i = 0; i < pieces; i++) {
        const record = await cipher.seal(bytes.subarray(i * FILE_PIECE, (i + 1) * FILE_PIECE))
        stored.push(putPiece(database, i, record))
      }
      await Promise.all(stored)
    },
    async load() {
      let length = 0
      for (let i = 0; i < pieces; i++) length += (await cipher.open(await getPiece(database, i))).byteLength
      return length
    },
  }
}

/** @returns {Promise<IDBDatabase>} */
function openPieces() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('floor-file', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/**
 * @param {IDBDatabase} database
 * @param {number} number
 * @param {SealedRecord} record
 * @returns {Promise<void>}
 */
function putPiece(database, number, record) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, 'readwrite', { durability: DURABILITY.chromium })
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
    transaction.objectStore(STORE).put(record, number)
    transaction.commit()
  })
}

/**
 * @param {IDBDatabase} database
 * @param {number} number
 * @returns {Promise<SealedRecord>}
 */
function getPiece(database, number) {
  return new Promise((resolve, reject) => {
    const request = database.transaction(STORE).objectStore(STORE).get(number)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
