import { readFile, writeFile } from 'node:fs/promises'
import { run } from '../scripts/run.mjs'
import { ROOT } from '../scripts/workspace.mjs'
import { parseOptions } from './parse-options.mjs'
import { replaceSection } from './replace-section.mjs'

/** @typedef {import('./contenders/contender.js').EnvironmentName} EnvironmentName */

try {
  await bench(parseOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** @param {import('./parse-options.mjs').BenchOptions} options */
async function bench({ only, contenders: chosen, environments, rounds, minutes, check }) {
  await buildCore()
  // After the build, as the core is part of it.
  const { runEnvironment } = await import('./run-environment.mjs')
  let ran = 0
  for (const environment of environments) {
    const done = await runEnvironment({ environment, only, chosen, rounds, minutes })
    if (done === undefined) continue
    ran += 1
    console.log(`\n${done.report}\n`)
    if (only === undefined && chosen === undefined) await keep(environment, done)
    if (check && done.verdicts.some(({ outcome }) => outcome === 'missed by far')) process.exitCode = 1
  }
  if (ran === 0) throw new Error('Nothing was asked for that there is.')
}

async function buildCore() {
  const command = ['turbo', 'run', 'build', '--filter=@firekeep/core', '--output-logs=errors-only']
  const { code, output } = await run(command, { cwd: ROOT })
  if (code !== 0) throw new Error(`${output}\nThe core could not be built; see above.`)
}

/**
 * @param {EnvironmentName} environment
 * @param {import('./run-environment.mjs').EnvironmentRun} done
 */
async function keep(environment, { result, report }) {
  const readme = new URL('README.md', import.meta.url)
  await writeFile(readme, replaceSection(await readFile(readme, 'utf8'), environment, `\n${report}\n`))
  const raw = new URL(`results/${environment}.json`, import.meta.url)
  await writeFile(raw, `${JSON.stringify(result, null, 1)}\n`)
}
