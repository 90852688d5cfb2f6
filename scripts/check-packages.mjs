import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageChecks } from './package-checks.mjs'
import { reportCount } from './report-count.mjs'
import { runChecks } from './run-checks.mjs'

const folder = mkdtempSync(join(tmpdir(), 'firekeep-packages-'))
try {
  reportCount(await runChecks(packageChecks(folder)))
} finally {
  rmSync(folder, { recursive: true })
}
