import { readFile, writeFile } from 'node:fs/promises'
import { run } from '../scripts/run.mjs'
import { ROOT } from '../scripts/workspace.mjs'
import { parseOptions } from './parse-options.mjs'

try {
  const options = parseOptions(process.argv.slice(2))
  await buildCore()
  for (const environment of options.environments) await bench(environment, options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function buildCore() {
  const command = ['turbo', 'run', 'build', '--filter=@firekeep/core', '--output-logs=errors-only']
  const { code, output } = await run(command, { cwd: ROOT })
  if (code !== 0) throw new Error(`${output}\nThe core could not be built; see above.`)
}

/**
 * @param {import('./contenders/contender.js').EnvironmentName} environment
 * @param {import('./parse-options.mjs').BenchOptions} options
 */
async function bench(environment, { only, rounds, check }) {
  // After the build, as the core is part of it.
  const { runEnvironment } = await import('./run-environment.mjs')
  const { result, report, verdicts } = await runEnvironment({ environment, only, rounds })
  console.log(`\n${report}\n`)
  if (only === undefined) await keep(environment, result, report)
  const misses = verdicts.filter(({ outcome }) => outcome === 'missed by far')
  if (check && misses.length > 0) process.exitCode = 1
}

/**
 * @param {string} environment
 * @param {unknown} result
 * @param {string} report
 */
async function keep(environment, result, report) {
  const { replaceSection } = await import('./replace-section.mjs')
  const readme = new URL('README.md', import.meta.url)
  await writeFile(readme, replaceSection(await readFile(readme, 'utf8'), environment, report))
  await writeFile(
    new URL(`results/${environment}.json`, import.meta.url),
    `${JSON.stringify(result, null, 1)}\n`,
  )
}
