import { MEASURES } from './measures/measures.mjs'

/** Contenders whose failure ends the run: without them no target can be judged. */
const MUST_RUN = /^(floor|firekeep)/

/** A cell of a peer that takes longer is not repeated in later rounds. */
const SLOW_MS = 30_000

/**
 * @typedef {object} PlanRun
 * @property {readonly import('./run-cell.mjs').Cell[]} plan
 * @property {Pick<import('./node-runner.mjs').Runner, 'run'>} runner
 * @property {Pick<import('./places.mjs').Places, 'lend'>} places
 * @property {(dir: string) => import('./contenders/contender.js').Place} placeIn
 * @property {number} [minutes] after so many, no cell of a later round than the first is begun
 * @property {() => number} [now] milliseconds
 */

/**
 * Runs cells one after the other. A peer that fails or takes too long has a note instead of figures, and is not
 * tried at the same measure again; nor is one that is slow.
 *
 * @param {PlanRun} run
 * @returns {Promise<import('./median-figure.mjs').CellResult[]>}
 */
export async function runPlan({ plan, minutes = Number.POSITIVE_INFINITY, ...tools }) {
  const { now = Date.now } = tools
  const end = now() + minutes * 60_000
  const done = new Set()
  const results = []
  for (const cell of plan) {
    const pair = `${cell.measure}, ${cell.contender}`
    if (done.has(pair) || (cell.round > 1 && now() >= end)) continue
    const { outcome, time } = await attempt(cell, tools)
    const text = outcome.note ?? formatFigures(outcome.figures)
    console.log(`round ${cell.round}: ${pair}: ${text} (${Math.round(time / 1_000)} s)`)
    results.push({ ...cell, ...outcome })
    const isPeer = !MUST_RUN.test(cell.contender)
    if (isPeer && (outcome.note !== undefined || time > SLOW_MS)) done.add(pair)
  }
  return results
}

/**
 * @param {import('./run-cell.mjs').Cell} cell
 * @param {Omit<PlanRun, 'plan'>} tools
 * @returns {Promise<{ outcome: import('./median-figure.mjs').Outcome, time: number }>} the time without that of
 *   filling a database first
 */
async function attempt(cell, { runner, places, placeIn, now = Date.now }) {
  const documents = MEASURES.find(({ id }) => id === cell.measure)?.documents ?? 0
  let start = now()
  try {
    const figures = await places.lend(cell.contender, documents, dir => {
      start = now()
      return runner.run({ ...cell, place: placeIn(dir) })
    })
    return { outcome: { figures }, time: now() - start }
  } catch (cause) {
    const note = firstLine(cause)
    if (MUST_RUN.test(cell.contender))
      throw new Error(`${cell.measure}, ${cell.contender} failed: ${note}`, { cause })
    return { outcome: { figures: {}, note }, time: now() - start }
  }
}

/** @param {import('./measures/measures.mjs').Figures} figures */
function formatFigures(figures) {
  return Object.entries(figures)
    .map(([figure, value]) => `${figure} ${value.toPrecision(3)}`)
    .join(', ')
}

/** @param {unknown} cause */
function firstLine(cause) {
  return String(cause instanceof Error ? cause.message : cause).split('\n')[0] ?? ''
}
