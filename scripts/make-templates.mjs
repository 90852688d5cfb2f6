import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { copyApp } from './copy-app.mjs'
import { templateManifest } from './template-manifest.mjs'
import { PUBLISHED, ROOT } from './workspace.mjs'

/** The apps that one can begin with. */
const TEMPLATES = ['minimal', 'chat', 'state-machine']
const README_FOLDER = join(ROOT, 'packages/create-firekeep/readmes')
/** Of the workspace only. */
const NOT_IGNORED_THERE = ['.turbo']

/**
 * Makes the templates of `create-firekeep` from the apps: folders that stand for themselves, outside of this
 * workspace. What was in the folder before is replaced at the end, as a whole.
 *
 * @param {object} options
 * @param {string} options.into the folder of the templates
 * @param {string} [options.apps] the folder of the apps
 */
export function makeTemplates({ into, apps = join(ROOT, 'apps') }) {
  const ignored = ignoredNames()
  const versions = knownVersions()
  mkdirSync(dirname(into), { recursive: true })
  const staging = mkdtempSync(`${into}-`)
  try {
    for (const name of TEMPLATES) {
      const folder = join(staging, 'templates', name)
      copyApp({ app: join(apps, name), place: join(ROOT, 'apps', name), into: folder, ignored })
      rewriteJson(join(folder, 'package.json'), manifest => templateManifest(manifest, versions))
      rewriteJson(join(folder, 'tsconfig.json'), withoutBase)
      // npm would leave a file of the right name out of the package.
      const lines = ignored.filter(line => !NOT_IGNORED_THERE.includes(line))
      writeFileSync(join(folder, '_gitignore'), `${lines.join('\n')}\n`)
      cpSync(join(README_FOLDER, `${name}.md`), join(folder, 'README.md'))
    }
    rmSync(into, { recursive: true, force: true })
    renameSync(join(staging, 'templates'), into)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** What the repository leaves out, templates leave out. */
function ignoredNames() {
  const lines = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')
  // A path of this workspace means nothing elsewhere.
  return lines.filter(line => line !== '' && !line.startsWith('#') && !line.includes('/'))
}

/** @returns {import('./template-manifest.mjs').KnownVersions} */
function knownVersions() {
  const { catalog } = parse(readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8'))
  const manifests = PUBLISHED.map(name => readJson(join(ROOT, 'packages', name, 'package.json')))
  return { catalog, workspace: Object.fromEntries(manifests.map(({ name, version }) => [name, version])) }
}

/**
 * Takes in what the configuration of the workspace says.
 *
 * @param {{ extends?: string, compilerOptions: Record<string, unknown> }} config
 */
function withoutBase({ extends: base, compilerOptions, ...others }) {
  if (base !== '../../tsconfig.base.json')
    throw new Error(`The base ${base} of a tsconfig.json is not known.`)
  const { compilerOptions: inherited } = readJson(join(ROOT, 'tsconfig.base.json'))
  const { declaration, declarationMap, sourceMap, ...options } = { ...inherited, ...compilerOptions }
  return { compilerOptions: options, ...others }
}

/**
 * @param {string} path
 * @param {(content: any) => object} change
 */
function rewriteJson(path, change) {
  writeFileSync(path, `${JSON.stringify(change(readJson(path)), undefined, 2)}\n`)
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
