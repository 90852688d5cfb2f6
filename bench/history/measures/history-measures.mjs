import { documentHistory } from './document-history.mjs'
import { file } from './file.mjs'
import { findDifferences } from './find-differences.mjs'
import { fork } from './fork.mjs'
import { mergeCommits } from './merge-commits.mjs'
import { pastQuery } from './past-query.mjs'
import { verifyCommits } from './verify-commits.mjs'

/**
 * @typedef {object} HistoryMeasure
 * @property {string} id for `--only` and the results
 * @property {string} label for the tables
 * @property {'The past' | 'Forks' | 'Checking' | 'Files'} group the table it stands in
 * @property {readonly import('../contenders/history-contender.js').HistoryOperation[]} needs
 * @property {number} [rounds] at most so many, as it takes long
 * @property {readonly { readonly id: string, readonly label: string, readonly unit: import('../../measures/measures.mjs').Unit }[]} figures
 *   what `run` answers, in the order of the table's rows
 * @property {(session: import('../contenders/history-contender.js').HistorySession) => Promise<import('../../measures/measures.mjs').Figures>} run
 *
 * @typedef {object} HistoryCounts
 * @property {number} versions
 * @property {{ documents: number, commits: number }} past
 * @property {number} forked
 * @property {number} differences
 * @property {{ documents: number, commits: number }} merged
 * @property {number} verified
 * @property {number} fileBytes
 */

/**
 * All measures of history, in the order of the tables' rows.
 *
 * @param {HistoryCounts} counts
 * @returns {readonly HistoryMeasure[]}
 */
export function createHistoryMeasures({ versions, past, forked, differences, merged, verified, fileBytes }) {
  return [
    ...[documentHistory(versions), pastQuery(past)],
    ...[fork(forked), findDifferences({ documents: forked, differences }), mergeCommits(merged)],
    ...[verifyCommits(verified), file(fileBytes)],
  ]
}

/** @type {HistoryCounts} */
export const HISTORY_COUNTS = {
  versions: 1_000,
  past: { documents: 10_000, commits: 1_000 },
  forked: 100_000,
  differences: 10,
  merged: { documents: 10_000, commits: 1_000 },
  verified: 10_000,
  fileBytes: 100_000_000,
}
