import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { BenchServer } from './bench-server.mjs'

/** How long a cell may take: ten thousand awaited puts are part of one. */
const TIME_LIMIT_MS = 150_000

/**
 * Runs one contender at one measure; ends all processes that this took, and removes what they stored.
 *
 * @param {import('./contenders/sync-contender.js').SyncContender} contender
 * @param {import('./measures/sync-measures.mjs').SyncMeasure} measure
 * @returns {Promise<import('../measures/measures.mjs').Figures>}
 */
export async function runSyncCell(contender, measure) {
  const dir = await mkdtemp(join(tmpdir(), 'firekeep-bench-sync-'))
  /** @type {Set<import('./processes/program.mjs').Program>} */
  const programs = new Set()
  const stop = new AbortController()
  const limit = delay(TIME_LIMIT_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`gave up after ${TIME_LIMIT_MS / 1_000} s`)
  })
  try {
    const figures = measure.run({ startServer: () => BenchServer.start(contender, dir, programs) })
    // What is still under way when the time is over fails with the end of the programs.
    figures.catch(() => {})
    return await Promise.race([figures, limit])
  } finally {
    limit.catch(() => {})
    stop.abort()
    await Promise.all([...programs].map(program => program.end()))
    await rm(dir, { recursive: true, force: true })
  }
}
