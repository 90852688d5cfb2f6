import { automerge } from './automerge.mjs'
import { firekeep } from './firekeep.mjs'
import { floor } from './floor.mjs'
import { pouchdb } from './pouchdb.mjs'
import { yjs } from './yjs.mjs'

/**
 * All contenders, in the order of the table's columns.
 *
 * @type {readonly import('./sync-contender.js').SyncContender[]}
 */
export const SYNC_CONTENDERS = [floor, firekeep, pouchdb, yjs, automerge]
