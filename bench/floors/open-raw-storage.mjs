import { openAppendLog } from './append-log.mjs'
import { openRecordStore } from './record-store.mjs'

/**
 * @typedef {object} RawStorage
 * @property {(values: readonly Uint8Array[]) => Promise<void>} write stores more values, in one step; resolves when
 *   they are durable
 * @property {() => Promise<void>} close
 */

/**
 * The cheapest durable storage of an environment.
 *
 * @param {import('../contenders/contender.js').Place} place
 * @returns {Promise<RawStorage>}
 */
export function openRawStorage({ environment, dir }) {
  return environment === 'node' ? openAppendLog(dir) : openRecordStore()
}
