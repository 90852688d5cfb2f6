import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { TIME_LIMIT_MS } from './time-limit.mjs'

const PROGRAM = fileURLToPath(new URL('node-cell.mjs', import.meta.url))

/**
 * Runs cells in an environment, each in a process of its own.
 *
 * @typedef {object} Runner
 * @property {string | undefined} browserVersion
 * @property {(cell: import('./run-cell.mjs').PlacedCell) => Promise<import('./measures/measures.mjs').Figures>} run
 *   in `cell.place.dir`, which in Chromium is its profile
 * @property {() => Promise<void>} close
 */

/**
 * @param {number} [timeLimit] milliseconds that a cell may take
 * @returns {Promise<Runner>}
 */
export async function openNodeRunner(timeLimit = TIME_LIMIT_MS) {
  return { browserVersion: undefined, run: cell => runInProcess(cell, timeLimit), close: async () => {} }
}

/**
 * @param {import('./run-cell.mjs').PlacedCell} cell
 * @param {number} timeLimit
 * @returns {Promise<import('./measures/measures.mjs').Figures>}
 */
async function runInProcess(cell, timeLimit) {
  // With the garbage collector at hand, for the memory that is really in use.
  const child = fork(PROGRAM, { timeout: timeLimit, execArgv: ['--expose-gc'] })
  /** @type {import('./measures/measures.mjs').Figures | undefined} */
  let figures
  child.on('message', message => {
    figures = /** @type {import('./measures/measures.mjs').Figures} */ (message)
  })
  child.send(cell)
  const [, signal] = await once(child, 'exit')
  if (signal === 'SIGTERM') throw new Error(`gave up after ${timeLimit / 1_000} s`)
  if (figures === undefined) throw new Error('The process ended without figures; see above.')
  return figures
}
