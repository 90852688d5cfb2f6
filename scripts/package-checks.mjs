import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { PUBLISHED, ROOT } from './workspace.mjs'

/** @typedef {import('./run-checks.mjs').Check} Check */

/**
 * What a registry would get: each package is packed as it would be published, and the archive is judged, not the
 * folder. Needs the build.
 *
 * @param {string} folder an empty one for the archives
 * @returns {Check[]}
 */
export function packageChecks(folder) {
  return [...PUBLISHED.flatMap(name => archiveChecks(name, join(folder, name))), PUBLISHED_LIST]
}

/**
 * Packs a package of the workspace as it would be published.
 *
 * @param {string} name such as `core`
 * @param {string} folder gets the archive, and must hold nothing else
 * @returns {Promise<string>} the path of the archive
 */
export async function packPackage(name, folder) {
  mkdirSync(folder, { recursive: true })
  await succeed(['pnpm', 'pack', '--pack-destination', folder], join(ROOT, 'packages', name))
  const archive = readdirSync(folder).find(file => file.endsWith('.tgz'))
  if (archive === undefined) throw new Error(`pnpm pack left no archive of ${name}.`)
  return join(folder, archive)
}

/**
 * @param {string} name
 * @param {string} folder
 * @returns {Check[]}
 */
function archiveChecks(name, folder) {
  return [
    {
      name: `${publishedName(name)} is packed well (publint)`,
      run: async () => {
        await succeed(['publint', await packPackage(name, join(folder, 'publint')), '--strict'])
      },
    },
    {
      name: `${publishedName(name)} has types for every entry (attw)`,
      run: async () => {
        await succeed(['attw', await packPackage(name, join(folder, 'attw')), '--profile', 'esm-only'])
      },
    },
  ]
}

/** @param {string} name of the folder */
function publishedName(name) {
  return JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8')).name
}

/** @type {Check} */
const PUBLISHED_LIST = {
  name: 'only the public packages are published',
  run: async () => {
    const output = await succeed(['pnpm', 'publish', '-r', '--dry-run', '--no-git-checks'])
    const listed = [...output.matchAll(/(@?[\w./-]+)@\d[\w.+-]* → /g)].map(match => String(match[1]))
    const expected = PUBLISHED.map(publishedName)
    if (new Set(listed).size === expected.length && expected.every(name => listed.includes(name))) return
    throw new Error(
      `A release would publish ${listed.join(', ') || 'nothing'}, not ${expected.join(', ')}.\n${output}`,
    )
  },
}

/**
 * @param {readonly string[]} command
 * @param {string} [cwd]
 * @returns {Promise<string>}
 */
async function succeed(command, cwd = ROOT) {
  const { code, output } = await run(command, { cwd })
  if (code !== 0) throw new Error(`${output.trim()}\n${command.join(' ')} ended with code ${code}.`)
  return output
}
