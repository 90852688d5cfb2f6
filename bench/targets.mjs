/**
 * @typedef {object} Target
 * @property {readonly import('./contenders/contender.js').EnvironmentName[]} environments
 * @property {string} measure
 * @property {string} figure
 * @property {Partial<import('./median-figure.mjs').FigureName>} [against] the figure of the same round to which the
 *   target is a ratio, as far as it differs from the target's own
 * @property {number} [atMost] the ratio; without `against` the figure itself, in its unit
 * @property {number} [atLeast] stands in the place of `atMost` where more is better
 */

const CHROMIUM = /** @type {const} */ (['chromium'])
const NODE = /** @type {const} */ (['node'])
const BOTH = /** @type {const} */ (['node', 'chromium'])
const DEXIE = { contender: 'dexie' }

/**
 * What Firekeep is to reach.
 *
 * @type {readonly Target[]}
 */
export const TARGETS = [
  target(CHROMIUM, 'awaited-put p50', 1.25, { contender: 'floor' }),
  target(NODE, 'awaited-put p50', 1.5, { contender: 'floor-with-crypto' }),
  target(BOTH, 'concurrent-puts time', 0.1, { contender: 'floor' }),
  target(CHROMIUM, 'bulk-10k time', 1, { contender: 'floor-one-transaction' }),
  target(CHROMIUM, 'bulk-10k time', 0.1, { contender: 'floor-transactions' }),
  target(CHROMIUM, 'updates compacted', 1.6),
  target(BOTH, 'warm-get p50', 10),
  target(CHROMIUM, 'query-10k repeated', 0.3),
  target(CHROMIUM, 'query-10k repeated', 2, { contender: 'tinybase' }),
  target(CHROMIUM, 'query-100k manyRepeated', 3),
  target(CHROMIUM, 'query-100k manyRepeated', 0.1, DEXIE),
  target(BOTH, 'live-10k manyRows', 1.2, { figure: 'put' }),
  target(BOTH, 'live-100k manyRows', 1.2, { figure: 'put' }),
  target(CHROMIUM, 'cold-100k get', 1.5, DEXIE),
  target(BOTH, 'cold-100k get', 1.5, { measure: 'cold-10k' }),
  target(CHROMIUM, 'cold-100k query', 2, DEXIE),
  target(NODE, 'cold-100k rss', 200),
  target(CHROMIUM, 'stored-bytes held', 1.2),
]

/**
 * @param {Target['environments']} environments
 * @param {string} name of a measure and its figure
 * @param {number} atMost
 * @param {Target['against']} [against]
 * @returns {Target}
 */
function target(environments, name, atMost, against) {
  const [measure = '', figure = ''] = name.split(' ')
  return { environments, measure, figure, atMost, ...(against && { against }) }
}
