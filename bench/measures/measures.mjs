import { awaitedPut } from './awaited-put.mjs'
import { bulk } from './bulk.mjs'
import { bulk10k } from './bulk-10k.mjs'
import { coldStart } from './cold-start.mjs'
import { concurrentPuts } from './concurrent-puts.mjs'
import { liveUpdate } from './live-update.mjs'
import { query } from './query.mjs'
import { repeatedUpdates } from './repeated-updates.mjs'
import { storedBytes } from './stored-bytes.mjs'
import { warmGet } from './warm-get.mjs'

/**
 * @typedef {'ms' | 'µs' | 'MB' | 'kB' | 'MB/s' | '/s' | 'bytes per byte'} Unit
 * @typedef {'Writing' | 'Reading' | 'Starting' | 'Size'} Group
 *
 * @typedef {object} Measure
 * @property {string} id for `--only` and the results
 * @property {string} label for the tables
 * @property {Group} group the table it stands in
 * @property {readonly import('../contenders/contender.js').Operation[]} needs
 * @property {number} [documents] that an earlier process has stored in the place; without, it is empty
 * @property {number} [rounds] at most so many, as it takes long
 * @property {boolean} [timesLoading] loading the contender's library is part of what it measures
 * @property {readonly { readonly id: string, readonly label: string, readonly unit: Unit }[]} figures what `run`
 *   answers, in the order of the table's rows; those that cannot be had may be missing
 * @property {(cell: CellTools) => Promise<Figures>} run
 *
 * @typedef {Readonly<Record<string, number>>} Figures
 *
 * @typedef {object} CellTools
 * @property {() => Promise<import('../contenders/contender.js').Session>} open opens the contender's database; it
 *   has the operations that the measure needs
 * @property {() => Promise<number>} usage bytes that the platform says are stored
 * @property {() => Promise<Memory>} memory after a collection of garbage
 * @property {(() => Promise<number>) | undefined} held bytes of all keys and values in the storage; only in a browser
 * @property {(() => () => number) | undefined} countHanded begins to count the bytes of the values that are handed
 *   to the storage, and returns what tells them; only in a browser
 *
 * @typedef {object} Memory
 * @property {number} heap bytes of the JavaScript heap, array buffers included
 * @property {number | undefined} rss bytes that the process has in memory
 */

/**
 * All measures, in the order of the tables' rows.
 *
 * @type {readonly Measure[]}
 */
export const MEASURES = [
  ...[awaitedPut, concurrentPuts, bulk, bulk10k, repeatedUpdates],
  ...[warmGet, query(10_000), query(100_000), liveUpdate(10_000), liveUpdate(100_000)],
  ...[coldStart(10_000), coldStart(100_000)],
  storedBytes,
]
