import { automerge } from './automerge.mjs'
import { dexie } from './dexie.mjs'
import { firekeep } from './firekeep.mjs'
import { fireproof } from './fireproof.mjs'
import { floor } from './floor.mjs'
import { floorOneTransaction } from './floor-one-transaction.mjs'
import { floorTransactions } from './floor-transactions.mjs'
import { floorWithCrypto } from './floor-with-crypto.mjs'
import { pouchdb } from './pouchdb.mjs'
import { rxdb } from './rxdb.mjs'
import { tanstackDb } from './tanstack-db.mjs'
import { tinybase } from './tinybase.mjs'
import { yjs } from './yjs.mjs'

/**
 * All contenders, in the order of the table's columns.
 *
 * @type {readonly import('./contender.js').Contender[]}
 */
export const CONTENDERS = [
  ...[floor, floorWithCrypto, floorOneTransaction, floorTransactions],
  ...[firekeep, dexie, pouchdb, rxdb, tinybase, yjs, automerge, tanstackDb, fireproof],
]
