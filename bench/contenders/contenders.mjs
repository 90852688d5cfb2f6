import { dexie } from './dexie.mjs'
import { firekeep } from './firekeep.mjs'
import { floor } from './floor.mjs'
import { floorWithCrypto } from './floor-with-crypto.mjs'

/**
 * All contenders, in the order of the table's columns.
 *
 * @type {readonly import('./contender.js').Contender[]}
 */
export const CONTENDERS = [floor, floorWithCrypto, firekeep, dexie]
