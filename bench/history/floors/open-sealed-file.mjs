import { sealedFile } from './sealed-file.mjs'
import { sealedRecords } from './sealed-records.mjs'

/**
 * A file that is sealed and stored in pieces, and read and opened again: with nothing else in between.
 *
 * @param {import('../../contenders/contender.js').Place} place
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function openSealedFile({ environment, dir }, bytes) {
  return environment === 'node' ? sealedFile(dir, bytes) : sealedRecords(bytes)
}
