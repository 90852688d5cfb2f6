import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { reportCount } from './report-count.mjs'
import { runTests } from './run-tests.mjs'

const USAGE = `npm test [-- options]
  --force          run again what passed before and has not changed since
  --long           the long form of the property and crash tests
  --seeds <n>      how many seeds the simulation of sync runs (500, with --long 5000)
  --filter <name>  only one package, such as core; may be repeated`

try {
  const options = parseOptions()
  await bootstrap()
  reportCount(await runTests(options))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}

function parseOptions() {
  try {
    return parseArgs({
      options: {
        force: { type: 'boolean', default: false },
        long: { type: 'boolean', default: false },
        seeds: { type: 'string' },
        filter: { type: 'string', multiple: true, default: [] },
      },
    }).values
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}
