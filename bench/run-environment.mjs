import { openChromiumRunner } from './chromium-runner.mjs'
import { readConditions } from './conditions.mjs'
import { CONTENDERS } from './contenders/contenders.mjs'
import { judgeTargets } from './judge-targets.mjs'
import { MEASURES } from './measures/measures.mjs'
import { openNodeRunner } from './node-runner.mjs'
import { planCells } from './plan-cells.mjs'
import { measureRecordBytes } from './record-bytes.mjs'
import { TARGETS } from './targets.mjs'
import { writeReport } from './write-report.mjs'

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
 * @param {string | undefined} wanted.only
 * @returns {Promise<EnvironmentRun | undefined>}
 */
export async function runEnvironment({ environment, rounds, only = '' }) {
  const plan = planCells({ contenders: CONTENDERS, measures: MEASURES, environment, rounds, only })
  if (plan.length === 0) return undefined
  const recordBytes = await measureRecordBytes()
  const runner = await (environment === 'node' ? openNodeRunner() : openChromiumRunner())
  try {
    const cells = []
    for (const cell of plan) cells.push({ ...cell, figures: await runNamed(runner, cell, recordBytes) })
    const { browserVersion } = runner
    const conditions = await readConditions({ environment, rounds, recordBytes, browserVersion })
    const result = { conditions, cells }
    const report = writeReport(result, { contenders: CONTENDERS, measures: MEASURES, targets: TARGETS })
    return { result, report, verdicts: judgeTargets(cells, TARGETS, environment) }
  } finally {
    await runner.close()
  }
}

/**
 * @param {import('./node-runner.mjs').Runner} runner
 * @param {import('./run-cell.mjs').Cell} cell
 * @param {import('./contenders/contender.js').RecordBytes} recordBytes
 */
async function runNamed(runner, cell, recordBytes) {
  const name = `round ${cell.round}: ${cell.measure}, ${cell.contender}`
  try {
    const figures = await runner.run(cell, recordBytes)
    const texts = Object.entries(figures).map(([figure, value]) => `${figure} ${value.toPrecision(3)}`)
    console.log(`${name}: ${texts.join(', ')}`)
    return figures
  } catch (cause) {
    throw new Error(`${name} failed: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
