import { quantile } from './quantile.mjs'

/**
 * @typedef {object} Outcome
 * @property {import('./measures/measures.mjs').Figures} figures
 * @property {string} [note] why there are none
 *
 * @typedef {import('./run-cell.mjs').Cell & Outcome} CellResult
 *
 * @typedef {object} FigureName
 * @property {string} contender
 * @property {string} measure
 * @property {string} figure
 */

/**
 * The median of a figure over the rounds. With `base`, of its ratio to that figure in the same round, which holds
 * on a machine that is slower at one time than at another.
 *
 * `undefined` where it was not measured.
 *
 * @param {readonly CellResult[]} results
 * @param {FigureName} name
 * @param {FigureName} [base]
 * @returns {number | undefined}
 */
export function medianFigure(results, name, base) {
  const values = []
  for (const round of new Set(results.map(each => each.round))) {
    const value = findFigure(results, name, round)
    const unit = base === undefined ? 1 : findFigure(results, base, round)
    if (value !== undefined && unit !== undefined) values.push(value / unit)
  }
  return values.length === 0 ? undefined : quantile(values, 0.5)
}

/**
 * @param {readonly CellResult[]} results
 * @param {FigureName} name
 * @param {number} round
 */
function findFigure(results, { contender, measure, figure }, round) {
  const cell = results.find(
    each => each.contender === contender && each.measure === measure && each.round === round,
  )
  return cell?.figures[figure]
}
