const BOTH = /** @type {const} */ (['node', 'chromium'])
const THIRD = 1 / 3
const FLOOR = { contender: 'floor' }

/**
 * What Firekeep is to reach in reading, forking and checking its history, and with files.
 *
 * @type {readonly import('../targets.mjs').Target[]}
 */
export const HISTORY_TARGETS = [
  { environments: BOTH, measure: 'document-history', figure: 'first', atMost: 100 },
  { environments: BOTH, measure: 'past-query', figure: 'first', atMost: 150 },
  { environments: BOTH, measure: 'past-query', figure: 'again', atMost: 10 },
  { environments: BOTH, measure: 'fork', figure: 'first', atMost: 50 },
  { environments: BOTH, measure: 'diff', figure: 'first', atMost: 50 },
  { environments: BOTH, measure: 'merge', figure: 'time', atMost: 2_000 },
  { environments: BOTH, measure: 'verify', figure: 'time', atMost: 5_000 },
  { environments: BOTH, measure: 'file', figure: 'in', atLeast: THIRD, against: FLOOR },
  { environments: BOTH, measure: 'file', figure: 'out', atLeast: THIRD, against: FLOOR },
]
