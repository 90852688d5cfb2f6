import { bootstrap } from './bootstrap.mjs'
import { reportCount } from './report-count.mjs'
import { runChecks } from './run-checks.mjs'
import { LINT_CHECKS } from './static-checks.mjs'

await bootstrap()
reportCount(await runChecks(LINT_CHECKS))
