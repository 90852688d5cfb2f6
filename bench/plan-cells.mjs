/**
 * @typedef {import('./run-cell.mjs').Cell} Cell
 *
 * @typedef {object} Contender
 * @property {string} id
 * @property {readonly import('./contenders/contender.js').EnvironmentName[]} environments
 * @property {readonly string[]} operations
 *
 * @typedef {object} Measure
 * @property {string} id
 * @property {readonly string[]} needs
 * @property {number} [rounds]
 */

/** Contenders that others are compared with; they run wherever a measure runs. */
const FLOOR = /^floor/

/**
 * The cells of a run in their order: round by round, in each the measures one by one, in each the contenders, of
 * which another begins in each round. So what disturbs the machine for a while disturbs all alike.
 *
 * @param {object} wanted
 * @param {readonly Contender[]} wanted.contenders
 * @param {readonly Measure[]} wanted.measures
 * @param {import('./contenders/contender.js').EnvironmentName} wanted.environment
 * @param {number} wanted.rounds
 * @param {string | undefined} [wanted.only] only cells whose contender or measure has this in its name, and their floors
 * @param {readonly string[] | undefined} [wanted.chosen] only these contenders and the floors; throws where there is no such
 * @returns {Cell[]}
 */
export function planCells({ contenders, measures, environment, rounds, only = '', chosen }) {
  const cells = []
  const wanted = choose(contenders, chosen)
  for (let round = 1; round <= rounds; round++) {
    for (const measure of measures) {
      if (round > (measure.rounds ?? rounds)) continue
      const able = wanted.filter(
        each =>
          each.environments.includes(environment) &&
          measure.needs.every(need => each.operations.includes(need)),
      )
      for (const contender of rotate(named(able, measure, only), round - 1))
        cells.push({ round, contender: contender.id, measure: measure.id })
    }
  }
  return cells
}

/**
 * @param {readonly Contender[]} contenders
 * @param {readonly string[]} [chosen]
 */
function choose(contenders, chosen) {
  const unknown = chosen?.find(id => !contenders.some(each => each.id === id))
  if (unknown !== undefined)
    throw new Error(`There is no contender ${unknown}, only ${contenders.map(({ id }) => id).join(', ')}.`)
  return contenders.filter(({ id }) => chosen === undefined || chosen.includes(id) || FLOOR.test(id))
}

/**
 * @param {readonly Contender[]} contenders
 * @param {Measure} measure
 * @param {string} only
 */
function named(contenders, measure, only) {
  if (measure.id.includes(only)) return contenders
  if (!contenders.some(({ id }) => id.includes(only))) return []
  return contenders.filter(({ id }) => id.includes(only) || FLOOR.test(id))
}

/**
 * @template T
 * @param {readonly T[]} list
 * @param {number} steps
 */
function rotate(list, steps) {
  const at = list.length === 0 ? 0 : steps % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}
