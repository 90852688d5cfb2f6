import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('node-cell.mjs', import.meta.url))
const TIME_LIMIT_MS = 120_000

/**
 * Runs cells in an environment, each in a place that nobody used before.
 *
 * @typedef {object} Runner
 * @property {string | undefined} browserVersion
 * @property {(cell: import('./run-cell.mjs').Cell, recordBytes: import('./contenders/contender.js').RecordBytes) => Promise<Readonly<Record<string, number>>>} run
 * @property {() => Promise<void>} close
 */

/**
 * Each cell in a process and a folder of its own.
 *
 * @returns {Promise<Runner>}
 */
export async function openNodeRunner() {
  return {
    browserVersion: undefined,
    async run(cell, recordBytes) {
      const dir = await mkdtemp(join(tmpdir(), 'firekeep-bench-'))
      try {
        return await runInProcess({ ...cell, place: { environment: 'node', dir, recordBytes } })
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    },
    close: async () => {},
  }
}

/**
 * @param {import('./run-cell.mjs').PlacedCell} cell
 * @returns {Promise<Readonly<Record<string, number>>>}
 */
async function runInProcess(cell) {
  const child = fork(PROGRAM, { timeout: TIME_LIMIT_MS })
  /** @type {Readonly<Record<string, number>> | undefined} */
  let figures
  child.on('message', message => {
    figures = /** @type {Readonly<Record<string, number>>} */ (message)
  })
  child.send(cell)
  await once(child, 'exit')
  if (figures === undefined) throw new Error('The process ended without figures; see above.')
  return figures
}
