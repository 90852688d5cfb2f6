import { existsSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { countReport, onlyFailure, sumCounts } from './count-tests.mjs'
import { ensureChromium } from './ensure-chromium.mjs'
import { run } from './run.mjs'
import { isContinuousIntegration, ROOT } from './workspace.mjs'

// Each package's runner already uses all cores; two at once make browser suites starve on small machines.
const CORES_PER_PACKAGE = 4
const REPORTS = 'test-results'

/** @typedef {import('./count-tests.mjs').TestCount} TestCount */
/** @typedef {{ name: string, directory: string }} TestedPackage */

/**
 * Runs the tests of all packages (or of those that `filter` names), answers with the count. What passed before and has not changed is answered from turbo's cache
 * unless `force` is set.
 *
 * A package with tests that leaves no report counts as failed, and so does a run that ends with an error without
 * any failed test. With `CI=true` a missing Chromium is a failure.
 *
 * @param {{ force?: boolean, long?: boolean, seeds?: string | undefined, filter?: readonly string[] }} options
 * @returns {Promise<TestCount>}
 */
export async function runTests({ force = false, long = false, seeds, filter = [] }) {
  const chromium = await ensureChromium()
  const env = {
    CHROMIUM_PATH: chromium ?? 'none',
    ...(long ? { FIREKEEP_LONG: '1' } : {}),
    ...(seeds === undefined ? {} : { FIREKEEP_SEEDS: seeds }),
  }
  const filters = filter.map(name => `--filter=${fullName(name)}`)
  const packages = await testedPackages(filters, env)
  for (const { directory } of packages) rmSync(join(directory, REPORTS), { recursive: true, force: true })

  const concurrency = Math.max(1, Math.floor(availableParallelism() / CORES_PER_PACKAGE))
  const turbo = [
    'turbo',
    'run',
    'test',
    '--continue=dependencies-successful',
    '--ui=stream',
    `--concurrency=${concurrency}`,
    ...filters,
  ]
  const { code } = await run(force ? [...turbo, '--force'] : turbo, { cwd: ROOT, env, show: true })

  const counts = packages.map(countPackage)
  if (chromium === undefined) counts.push(await countWithoutChromium(packages))
  const count = sumCounts(counts)
  if (code !== 0 && count.failed.length === 0)
    count.failed.push(`turbo ended with code ${code}; see the output above`)
  return count
}

/** @param {string} name */
function fullName(name) {
  return /^[a-z-]+$/.test(name) ? `@firekeep/${name}` : name
}

/**
 * The packages that have a `test` script, asked of turbo so that filters mean the same in both places.
 *
 * @param {readonly string[]} filters
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<TestedPackage[]>}
 */
async function testedPackages(filters, env) {
  const { code, output, stdout } = await run(['turbo', 'run', 'test', '--dry=json', ...filters], {
    cwd: ROOT,
    env,
  })
  if (code !== 0) throw new Error(`turbo cannot tell which packages have tests:\n${output}`)
  /** @type {{ task: string, command: string, package: string, directory: string }[]} */
  const tasks = JSON.parse(stdout.slice(stdout.indexOf('{'))).tasks
  const tested = tasks.filter(({ task, command }) => task === 'test' && command !== '<NONEXISTENT>')
  if (tested.length === 0)
    throw new Error(`No package with tests fits ${filters.join(' ') || 'the workspace'}.`)
  return tested.map(({ package: name, directory }) => ({ name, directory: join(ROOT, directory) }))
}

/**
 * @param {TestedPackage} tested
 * @returns {TestCount}
 */
function countPackage({ name, directory }) {
  const folder = join(directory, REPORTS)
  const reports = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.json')) : []
  if (reports.length === 0) return onlyFailure(`${name}: the tests left no report; see the output above`)
  return sumCounts(reports.map(report => countReport(join(folder, report), name)))
}

/**
 * What was left out for want of a browser: skipped by name, and a failure where nothing may be skipped.
 *
 * @param {readonly TestedPackage[]} packages
 * @returns {Promise<TestCount>}
 */
async function countWithoutChromium(packages) {
  const skipped = []
  for (const tested of packages) skipped.push(...(await browserSuites(tested)))
  const failed = isContinuousIntegration() ? ['no Chromium for the browser suites; set CHROMIUM_PATH'] : []
  return { passed: 0, failed, skipped }
}

/**
 * The test files of a package's vitest projects named `chromium…`, which its configuration leaves out without a browser.
 *
 * @param {TestedPackage} tested
 * @returns {Promise<string[]>}
 */
async function browserSuites({ name, directory }) {
  // Any existing file will do as the browser: listing the files starts none.
  const env = { CHROMIUM_PATH: process.execPath }
  const command = ['npx', 'vitest', 'list', '--filesOnly', '--json', '--project', 'chromium*']
  const { code, stdout } = await run(command, { cwd: directory, env })
  if (code !== 0) return []
  /** @type {{ file: string }[]} */
  const files = JSON.parse(stdout)
  return files.map(({ file }) => `${name}: ${file.slice(directory.length + 1)}`)
}
