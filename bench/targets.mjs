/**
 * @typedef {object} Target
 * @property {readonly import('./contenders/contender.js').EnvironmentName[]} environments
 * @property {string} measure
 * @property {string} figure
 * @property {string} [against] the contender to whose figure in the same round the target is a ratio
 * @property {number} atMost the ratio; without `against` the figure itself, in its unit
 */

/**
 * What Firekeep is to reach.
 *
 * @type {readonly Target[]}
 */
export const TARGETS = [
  { environments: ['chromium'], measure: 'awaited-put', figure: 'p50', against: 'floor', atMost: 1.25 },
  {
    environments: ['node'],
    measure: 'awaited-put',
    figure: 'p50',
    against: 'floor-with-crypto',
    atMost: 1.5,
  },
  {
    environments: ['node', 'chromium'],
    measure: 'concurrent-puts',
    figure: 'time',
    against: 'floor',
    atMost: 0.1,
  },
  { environments: ['node', 'chromium'], measure: 'warm-get', figure: 'p50', atMost: 20 },
]
