import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { ROOT } from './workspace.mjs'

const SCRIPTS = join(ROOT, 'scripts')
/** A relative path in quotes: of an import, an export or a URL. */
const RELATIVE_PATH = /(?<=(?:from|import|import\(|new URL\()\s*)(['"])(\.\.?\/[^'"\n]+)\1/g
const CODE = /\.(?:[cm]?[jt]s|tsx)$/

/**
 * Copies an app so that it stands for itself. A script of the workspace that it imports comes along, with what that
 * one imports, into a folder `scripts` of the app. Throws where anything else outside of the app is imported.
 *
 * @param {object} options
 * @param {string} options.app the folder of the app
 * @param {string} options.place where in the workspace it stands, which its imports go by
 * @param {string} options.into a new folder
 * @param {readonly string[]} options.ignored names of files and folders that are left out; `*` at the beginning stands for anything
 */
export function copyApp({ app, place, into, ignored }) {
  /** @type {Set<string>} */
  const scripts = new Set()
  for (const path of filesOf(app, ignored)) {
    const target = join(into, path)
    mkdirSync(dirname(target), { recursive: true })
    if (!CODE.test(path)) copyFileSync(join(app, path), target)
    else writeFileSync(target, rewritten(readFileSync(join(app, path), 'utf8'), { path, place, scripts }))
  }
  if (scripts.size > 0 && existsSync(join(into, 'scripts')))
    throw new Error(`${app} has a folder "scripts" already.`)
  copyScripts(scripts, join(into, 'scripts'))
}

/**
 * The paths of all files, relative to the folder, in order.
 *
 * @param {string} folder
 * @param {readonly string[]} ignored
 * @returns {string[]}
 */
function filesOf(folder, ignored) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .filter(path => !path.split(sep).some(part => ignored.some(pattern => fits(part, pattern))))
    .sort()
}

/**
 * @param {string} name
 * @param {string} pattern
 */
function fits(name, pattern) {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern
}

/**
 * @param {string} text
 * @param {{ path: string, place: string, scripts: Set<string> }} options `scripts` gets the names of those that it imports
 */
function rewritten(text, { path, place, scripts }) {
  const folder = dirname(join(place, path))
  return text.replace(RELATIVE_PATH, (whole, quote, imported) => {
    const file = resolve(folder, imported)
    if (file === place || file.startsWith(place + sep)) return whole
    if (dirname(file) !== SCRIPTS)
      throw new Error(`${join(place, path)} imports ${imported}, which is not of the app.`)
    scripts.add(basename(file))
    const local = relative(folder, join(place, 'scripts', basename(file))).replaceAll(sep, '/')
    return `${quote}${local.startsWith('.') ? local : `./${local}`}${quote}`
  })
}

/**
 * @param {Set<string>} names grows by what the scripts import
 * @param {string} into
 */
function copyScripts(names, into) {
  for (const name of names) {
    const text = readFileSync(join(SCRIPTS, name), 'utf8')
    for (const [, , imported] of text.matchAll(RELATIVE_PATH)) names.add(basename(String(imported)))
    mkdirSync(into, { recursive: true })
    writeFileSync(join(into, name), text)
    const types = name.replace(/\.mjs$/, '.d.mts')
    if (existsSync(join(SCRIPTS, types))) copyFileSync(join(SCRIPTS, types), join(into, types))
  }
}
