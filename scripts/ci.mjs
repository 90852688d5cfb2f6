import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootstrap } from './bootstrap.mjs'
import { onlyFailure, sumCounts } from './count-tests.mjs'
import { packageChecks } from './package-checks.mjs'
import { reportCount } from './report-count.mjs'
import { runChecks } from './run-checks.mjs'
import { runTests } from './run-tests.mjs'
import { BUILD_CHECKS, LINT_CHECKS, SIZE_CHECKS } from './static-checks.mjs'

reportCount(await runEverything())

/** @returns {Promise<import('./count-tests.mjs').TestCount>} */
async function runEverything() {
  const installed = await runChecks([{ name: 'installation', run: bootstrap }])
  if (installed.failed.length > 0) return installed
  const folder = mkdtempSync(join(tmpdir(), 'firekeep-ci-'))
  try {
    const checks = [...LINT_CHECKS, ...BUILD_CHECKS, ...packageChecks(folder), ...SIZE_CHECKS]
    return sumCounts([installed, await runChecks(checks), await runAllTests()])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runAllTests() {
  console.log('\n== tests')
  try {
    return await runTests({ force: true })
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    return onlyFailure('tests')
  }
}
