import { medianFigure } from './median-figure.mjs'

/** A run with `--check` fails where a target is missed by more than this factor: machines differ. */
const TOLERANCE = 1.5

/**
 * @typedef {object} Verdict
 * @property {import('./targets.mjs').Target} target
 * @property {number} measured
 * @property {'met' | 'missed' | 'missed by far'} outcome
 */

/**
 * How Firekeep did against its targets; those whose measure was not part of the run are left out.
 *
 * @param {readonly import('./median-figure.mjs').CellResult[]} results
 * @param {readonly import('./targets.mjs').Target[]} targets
 * @param {import('./contenders/contender.js').EnvironmentName} environment
 * @returns {Verdict[]}
 */
export function judgeTargets(results, targets, environment) {
  /** @type {Verdict[]} */
  const verdicts = []
  for (const target of targets) {
    const { measure, figure, against } = target
    const name = { contender: 'firekeep', measure, figure }
    const measured = medianFigure(results, name, against && { ...name, ...against })
    if (measured === undefined || !target.environments.includes(environment)) continue
    verdicts.push({ target, measured, outcome: judge(measured, target) })
  }
  return verdicts
}

/**
 * @param {number} measured
 * @param {import('./targets.mjs').Target} target
 * @returns {Verdict['outcome']}
 */
function judge(measured, { atMost = Number.POSITIVE_INFINITY, atLeast }) {
  const excess = atLeast === undefined ? measured / atMost : atLeast / measured
  return excess <= 1 ? 'met' : excess <= TOLERANCE ? 'missed' : 'missed by far'
}
