import { catchUp } from './catch-up.mjs'
import { durableAppends } from './durable-appends.mjs'
import { freshPeer } from './fresh-peer.mjs'
import { idleConnections } from './idle-connections.mjs'
import { oneChange } from './one-change.mjs'
import { smallCommits } from './small-commits.mjs'

/**
 * @typedef {object} SyncMeasure
 * @property {string} id for `--only` and the results
 * @property {string} label for the tables
 * @property {'Syncing' | 'Serving'} group the table it stands in
 * @property {readonly import('../contenders/sync-contender.js').SyncOperation[]} needs
 * @property {number} [rounds] at most so many, as it takes long
 * @property {readonly { readonly id: string, readonly label: string, readonly unit: import('../../measures/measures.mjs').Unit }[]} figures
 *   what `run` answers, in the order of the table's rows
 * @property {(tools: SyncTools) => Promise<import('../../measures/measures.mjs').Figures>} run
 *
 * @typedef {object} SyncTools
 * @property {() => Promise<import('../bench-server.mjs').BenchServer>} startServer starts the contender's server in
 *   a process and folder of its own
 *
 * @typedef {object} SyncCounts
 * @property {number} documents
 * @property {number} changes
 * @property {number} commits
 * @property {number} missed
 * @property {{ clients: number, milliseconds: number }} appends
 * @property {number} connections
 */

/**
 * All measures of sync, in the order of the tables' rows.
 *
 * @param {SyncCounts} counts
 * @returns {readonly SyncMeasure[]}
 */
export function createSyncMeasures({ documents, changes, commits, missed, appends, connections }) {
  return [
    ...[freshPeer(documents), oneChange(changes), smallCommits(commits), catchUp(missed)],
    ...[durableAppends(appends), idleConnections(connections)],
  ]
}

/** @type {SyncCounts} */
export const SYNC_COUNTS = {
  documents: 10_000,
  changes: 300,
  commits: 1_000,
  missed: 10_000,
  appends: { clients: 100, milliseconds: 4_000 },
  connections: 1_000,
}
