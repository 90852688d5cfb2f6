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

/** @returns {Promise<Runner>} */
export async function openNodeRunner() {
  return { browserVersion: undefined, run: runInProcess, close: async () => {} }
}

/**
 * @param {import('./run-cell.mjs').PlacedCell} cell
 * @returns {Promise<import('./measures/measures.mjs').Figures>}
 */
async function runInProcess(cell) {
  // With the garbage collector at hand, for the memory that is really in use.
  const child = fork(PROGRAM, { timeout: TIME_LIMIT_MS, execArgv: ['--expose-gc'] })
  /** @type {import('./measures/measures.mjs').Figures | undefined} */
  let figures
  child.on('message', message => {
    figures = /** @type {import('./measures/measures.mjs').Figures} */ (message)
  })
  child.send(cell)
  const [, signal] = await once(child, 'exit')
  if (signal === 'SIGTERM') throw new Error(`gave up after ${TIME_LIMIT_MS / 1_000} s`)
  if (figures === undefined) throw new Error('The process ended without figures; see above.')
  return figures
}
