import { bootstrap } from './bootstrap.mjs'
import { closingLine } from './count-tests.mjs'
import { runChecks } from './run-checks.mjs'
import { LINT_CHECKS } from './static-checks.mjs'

await bootstrap()
const count = await runChecks(LINT_CHECKS)
console.log(`\n${closingLine(count)}`)
process.exitCode = count.failed.length === 0 ? 0 : 1
