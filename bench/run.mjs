import { readFile, writeFile } from 'node:fs/promises'
import { run } from '../scripts/run.mjs'
import { ROOT } from '../scripts/workspace.mjs'
import { parseOptions } from './parse-options.mjs'
import { replaceSection } from './replace-section.mjs'

try {
  await bench(parseOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** @param {import('./parse-options.mjs').BenchOptions} options */
async function bench({ only, contenders: chosen, environments, sync, history, rounds, minutes, check }) {
  await build(sync ? '@firekeep/server' : '@firekeep/core')
  // After the build, as the core is part of them.
  const [{ runEnvironment }, { runSync }, { runHistory }] = await Promise.all([
    import('./run-environment.mjs'),
    import('./sync/run-sync.mjs'),
    import('./history/run-history.mjs'),
  ])
  const wanted = { only, chosen, rounds, minutes }
  let ran = 0
  for (const environment of sync ? /** @type {const} */ (['sync']) : environments) {
    const runHere = history ? runHistory : runEnvironment
    const section = history ? `history-${environment}` : environment
    const done = await (environment === 'sync' ? runSync(wanted) : runHere({ environment, ...wanted }))
    if (done === undefined) continue
    ran += 1
    console.log(`\n${done.report}\n`)
    if (only === undefined && chosen === undefined) await keep(section, done)
    if (check && done.verdicts.some(({ outcome }) => outcome === 'missed by far')) process.exitCode = 1
  }
  if (ran === 0) throw new Error('Nothing was asked for that there is.')
}

/** @param {string} name of the package that is built with all that it depends on */
async function build(name) {
  const command = ['turbo', 'run', 'build', `--filter=${name}`, '--output-logs=errors-only']
  const { code, output } = await run(command, { cwd: ROOT })
  if (code !== 0) throw new Error(`${output}\n${name} could not be built; see above.`)
}

/**
 * @param {string} section of the README and file of the results
 * @param {{ result: unknown, report: string }} done
 */
async function keep(section, { result, report }) {
  const readme = new URL('README.md', import.meta.url)
  await writeFile(readme, replaceSection(await readFile(readme, 'utf8'), section, `\n${report}\n`))
  const raw = new URL(`results/${section}.json`, import.meta.url)
  await writeFile(raw, `${JSON.stringify(result, null, 1)}\n`)
}
