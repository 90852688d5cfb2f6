import { automerge } from './automerge.mjs'
import { firekeep } from './firekeep.mjs'
import { floor } from './floor.mjs'
import { yjs } from './yjs.mjs'

/**
 * All contenders, in the order of the table's columns.
 *
 * @type {readonly import('./history-contender.js').HistoryContender[]}
 */
export const HISTORY_CONTENDERS = [floor, firekeep, yjs, automerge]
