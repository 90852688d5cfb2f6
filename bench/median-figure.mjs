import { quantile } from './quantile.mjs'

/**
 * @typedef {import('./run-cell.mjs').Cell & { readonly figures: Readonly<Record<string, number>> }} CellResult
 *
 * @typedef {object} FigureName
 * @property {string} contender
 * @property {string} measure
 * @property {string} figure
 */

/**
 * The median of a figure over the rounds. With `against`, of its ratio to that contender's figure in the same
 * round, which holds on a machine that is slower at one time than at another.
 *
 * `undefined` where it was not measured.
 *
 * @param {readonly CellResult[]} results
 * @param {FigureName} name
 * @param {string} [against] the id of a contender
 * @returns {number | undefined}
 */
export function medianFigure(results, { contender, measure, figure }, against) {
  /** @type {(contender: string, round: number) => number | undefined} */
  const find = (id, round) =>
    results.find(each => each.contender === id && each.measure === measure && each.round === round)?.figures[
      figure
    ]
  const values = []
  for (const round of new Set(results.map(each => each.round))) {
    const value = find(contender, round)
    const base = against === undefined ? 1 : find(against, round)
    if (value !== undefined && base !== undefined) values.push(value / base)
  }
  return values.length === 0 ? undefined : quantile(values, 0.5)
}
