import { awaitedPut } from './awaited-put.mjs'
import { bulk } from './bulk.mjs'
import { concurrentPuts } from './concurrent-puts.mjs'
import { indexedQuery } from './indexed-query.mjs'
import { liveUpdate } from './live-update.mjs'
import { openAndGet } from './open-and-get.mjs'
import { storedBytes } from './stored-bytes.mjs'
import { warmGet } from './warm-get.mjs'

/**
 * @typedef {'ms' | 'µs' | 'bytes per byte'} Unit
 *
 * @typedef {object} Measure
 * @property {string} id for `--only` and the results
 * @property {string} label for the tables
 * @property {readonly import('../contenders/contender.js').Operation[]} needs
 * @property {readonly { readonly id: string, readonly label: string, readonly unit: Unit }[]} figures what `run`
 *   answers, in the order of the table's rows
 * @property {(cell: CellTools) => Promise<Readonly<Record<string, number>>>} run
 *
 * @typedef {object} CellTools
 * @property {() => Promise<import('../contenders/contender.js').Session>} open opens the contender's database; it
 *   has the operations that the measure needs
 * @property {() => Promise<number>} usage bytes that the contender has stored
 */

/**
 * All measures, in the order of the table's rows.
 *
 * @type {readonly Measure[]}
 */
export const MEASURES = [
  awaitedPut,
  concurrentPuts,
  bulk,
  warmGet,
  indexedQuery,
  liveUpdate,
  openAndGet,
  storedBytes,
]
