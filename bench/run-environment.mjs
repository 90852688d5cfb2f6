import { openChromiumRunner } from './chromium-runner.mjs'
import { readConditions } from './conditions.mjs'
import { CONTENDERS } from './contenders/contenders.mjs'
import { judgeTargets } from './judge-targets.mjs'
import { measureBundles } from './measure-bundles.mjs'
import { BUNDLE_SIZE } from './measures/bundle-size.mjs'
import { MEASURES } from './measures/measures.mjs'
import { openNodeRunner } from './node-runner.mjs'
import { Places } from './places.mjs'
import { planCells } from './plan-cells.mjs'
import { measureRecordBytes } from './record-bytes.mjs'
import { runPlan } from './run-plan.mjs'
import { TARGETS } from './targets.mjs'
import { writeReport } from './write-report.mjs'

const KNOWN = { contenders: CONTENDERS, measures: [...MEASURES, BUNDLE_SIZE], targets: TARGETS }

/**
 * @typedef {object} EnvironmentRun
 * @property {import('./write-report.mjs').RunResult} result
 * @property {string} report
 * @property {readonly import('./judge-targets.mjs').Verdict[]} verdicts
 */

/**
 * Runs all cells of an environment one after the other; `undefined` where there are none.
 *
 * @param {object} wanted
 * @param {import('./contenders/contender.js').EnvironmentName} wanted.environment
 * @param {number} wanted.rounds
 * @param {number | undefined} wanted.minutes
 * @param {string | undefined} wanted.only
 * @param {readonly string[] | undefined} wanted.chosen
 * @returns {Promise<EnvironmentRun | undefined>}
 */
export async function runEnvironment({ environment, rounds, minutes, only, chosen }) {
  const plan = planCells({ contenders: CONTENDERS, measures: MEASURES, environment, rounds, only, chosen })
  const bundled = environment === 'chromium' ? bundledContenders(only, chosen) : []
  if (plan.length + bundled.length === 0) return undefined
  const recordBytes = await measureRecordBytes()
  const runner = await (environment === 'node' ? openNodeRunner() : openChromiumRunner())
  /** @param {string} dir */
  const placeIn = dir => ({ environment, dir, recordBytes })
  const places = await Places.open((contender, documents, dir) =>
    runner.run({ contender, documents, place: placeIn(dir) }),
  )
  try {
    const cells = [
      ...(await runPlan({ plan, runner, places, placeIn, ...(minutes && { minutes }) })),
      ...(await measureBundles(bundled)),
    ]
    const { browserVersion } = runner
    const conditions = await readConditions({ environment, rounds, recordBytes, browserVersion })
    const result = { conditions, cells }
    const report = writeReport(result, KNOWN)
    return { result, report, verdicts: judgeTargets(cells, TARGETS, environment) }
  } finally {
    await Promise.all([runner.close(), places.close()])
  }
}

/**
 * @param {string | undefined} only
 * @param {readonly string[] | undefined} chosen
 */
function bundledContenders(only = '', chosen) {
  const contenders = CONTENDERS.filter(({ id }) => chosen?.includes(id) ?? true)
  return BUNDLE_SIZE.id.includes(only) ? contenders : contenders.filter(({ id }) => id.includes(only))
}
