import { openChromiumRunner } from '../chromium-runner.mjs'
import { readConditions } from '../conditions.mjs'
import { judgeTargets } from '../judge-targets.mjs'
import { openNodeRunner } from '../node-runner.mjs'
import { Places } from '../places.mjs'
import { planCells } from '../plan-cells.mjs'
import { measureRecordBytes } from '../record-bytes.mjs'
import { runPlan } from '../run-plan.mjs'
import { writeReport } from '../write-report.mjs'
import { HISTORY_CONTENDERS } from './contenders/history-contenders.mjs'
import { HISTORY_TARGETS } from './history-targets.mjs'
import { createHistoryMeasures, HISTORY_COUNTS } from './measures/history-measures.mjs'

/** How long a cell may take: ten thousand commits are part of one, a hundred thousand documents of another. */
const TIME_LIMIT_MS = 180_000

const KNOWN = {
  contenders: HISTORY_CONTENDERS,
  measures: createHistoryMeasures(HISTORY_COUNTS),
  targets: HISTORY_TARGETS,
}

/**
 * Runs all cells of history in an environment one after the other; `undefined` where there are none.
 *
 * @param {object} wanted
 * @param {import('../contenders/contender.js').EnvironmentName} wanted.environment
 * @param {number} wanted.rounds
 * @param {number | undefined} wanted.minutes
 * @param {string | undefined} wanted.only
 * @param {readonly string[] | undefined} wanted.chosen
 * @returns {Promise<import('../run-environment.mjs').EnvironmentRun | undefined>}
 */
export async function runHistory({ environment, rounds, minutes, only, chosen }) {
  const plan = planCells({ ...KNOWN, environment, rounds, only, chosen })
  if (plan.length === 0) return undefined
  const recordBytes = await measureRecordBytes()
  const runner = await (environment === 'node'
    ? openNodeRunner(TIME_LIMIT_MS)
    : openChromiumRunner(TIME_LIMIT_MS))
  // Each cell fills its own.
  const places = await Places.open(async () => {})
  try {
    const cells = await runPlan({
      plan,
      runner: { run: cell => runner.run({ ...cell, suite: 'history' }) },
      places,
      placeIn: dir => ({ environment, dir, recordBytes }),
      ...(minutes && { minutes }),
    })
    const { browserVersion } = runner
    const conditions = await readConditions({
      contenders: HISTORY_CONTENDERS,
      ...{ environment, rounds, recordBytes, browserVersion },
    })
    const result = { conditions, cells }
    const report = writeReport(result, KNOWN)
    return { result, report, verdicts: judgeTargets(cells, HISTORY_TARGETS, environment) }
  } finally {
    await Promise.all([runner.close(), places.close()])
  }
}
