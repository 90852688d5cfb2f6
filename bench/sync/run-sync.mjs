import { judgeTargets } from '../judge-targets.mjs'
import { planCells } from '../plan-cells.mjs'
import { runPlan } from '../run-plan.mjs'
import { SYNC_CONTENDERS } from './contenders/sync-contenders.mjs'
import { createSyncMeasures, SYNC_COUNTS } from './measures/sync-measures.mjs'
import { runSyncCell } from './run-sync-cell.mjs'
import { readSyncConditions } from './sync-conditions.mjs'
import { SYNC_TARGETS } from './sync-targets.mjs'
import { writeSyncReport } from './write-sync-report.mjs'

/**
 * @typedef {object} SyncRun
 * @property {import('./write-sync-report.mjs').SyncResult} result
 * @property {string} report
 * @property {readonly import('../judge-targets.mjs').Verdict[]} verdicts
 */

/**
 * Runs all cells of sync one after the other; `undefined` where there are none.
 *
 * @param {object} wanted
 * @param {number} wanted.rounds
 * @param {number | undefined} wanted.minutes
 * @param {string | undefined} wanted.only
 * @param {readonly string[] | undefined} wanted.chosen
 * @param {import('./measures/sync-measures.mjs').SyncCounts} [counts]
 * @returns {Promise<SyncRun | undefined>}
 */
export async function runSync({ rounds, minutes, only, chosen }, counts = SYNC_COUNTS) {
  const measures = createSyncMeasures(counts)
  const known = { contenders: SYNC_CONTENDERS, measures, targets: SYNC_TARGETS }
  const plan = planCells({ ...known, environment: 'node', rounds, only, chosen })
  if (plan.length === 0) return undefined
  const cells = await runPlan({
    plan,
    runner: { run: cell => runCell(/** @type {import('../run-cell.mjs').Cell} */ (cell), measures) },
    // Nothing is filled before, and each cell makes folders of its own.
    places: { lend: (_contender, _documents, use) => use('') },
    placeIn: dir => ({ environment: 'node', dir, recordBytes: { put: 0, bulk: 0 } }),
    ...(minutes && { minutes }),
  })
  const result = { conditions: await readSyncConditions(rounds), cells }
  const report = writeSyncReport(result, known)
  return { result, report, verdicts: judgeTargets(cells, SYNC_TARGETS, 'node') }
}

/**
 * @param {import('../run-cell.mjs').Cell} cell
 * @param {readonly import('./measures/sync-measures.mjs').SyncMeasure[]} measures
 */
function runCell({ contender, measure }, measures) {
  const found = {
    contender: SYNC_CONTENDERS.find(({ id }) => id === contender),
    measure: measures.find(({ id }) => id === measure),
  }
  if (found.contender === undefined || found.measure === undefined)
    throw new Error(`There is no cell ${measure}, ${contender}.`)
  return runSyncCell(found.contender, found.measure)
}
