import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closingLine } from './count-tests.mjs'
import { packageChecks } from './package-checks.mjs'
import { runChecks } from './run-checks.mjs'

const folder = mkdtempSync(join(tmpdir(), 'firekeep-packages-'))
try {
  const count = await runChecks(packageChecks(folder))
  console.log(`\n${closingLine(count)}`)
  process.exitCode = count.failed.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
