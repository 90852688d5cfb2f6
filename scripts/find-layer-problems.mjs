import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { findCycles } from './find-cycles.mjs'
import { readSources } from './read-sources.mjs'

/**
 * @typedef {import('./read-layer-table.mjs').LayerTable} LayerTable
 * @typedef {import('./read-sources.mjs').SourceFile} SourceFile
 * @typedef {import('./read-sources.mjs').SourceImport} SourceImport
 *
 * @typedef {object} CheckedPackage
 * @property {string} folder where the package is
 * @property {string} label how messages name the folder
 * @property {LayerTable} [layers] the ranks of what is in `src`; without it any file may import any other
 * @property {boolean} [forBrowsers] whether nothing of Node may be loaded together with it
 *
 * @typedef {(file: SourceFile, found: SourceImport) => string | undefined} Rule answers what is wrong
 */

/**
 * Finds the imports of a package that the architecture does not allow, as one readable line each. Types count
 * like values: an import, an `export … from`, an `import()` and an `import('…')` inside a type.
 *
 * - With `layers`: an import goes to a lower rank or stays in its folder. A single file of the same rank may be
 *   imported (`errors.ts` by `primitives/`), a folder of the same rank never.
 * - No relative import leaves the package; other packages are imported by their public entries only.
 * - Nothing in the package imports one of its own entries.
 * - No cycle of files.
 *
 * Tests and `testing/` are free of the ranks and may import entries, as nothing depends on them.
 *
 * @param {CheckedPackage} checked
 * @param {ReadonlyMap<string, readonly string[]>} entriesByPackage the public import names of each package of
 *   the workspace, such as `@firekeep/core/testing`
 * @returns {string[]}
 */
export function findLayerProblems(checked, entriesByPackage) {
  const files = readSources(checked.folder)
  const rules = [
    leadsNowhere,
    leavesThePackage,
    entryRule(entryFiles(checked.folder)),
    publicRule(packageName(checked.folder), entriesByPackage),
    ...(checked.layers ? [rankRule(checked.layers)] : []),
    ...(checked.forBrowsers ? [loadsNode] : []),
  ]
  const wrongImports = files.flatMap(file =>
    file.imports.flatMap(found =>
      rules
        .map(rule => rule(file, found))
        .filter(problem => problem !== undefined)
        .map(
          problem => `${checked.label}/src/${file.path}:${found.line} imports ${found.specifier}: ${problem}`,
        ),
    ),
  )
  return [...wrongImports, ...unknownLayers(checked, files), ...cycles(checked, files)]
}

/** @type {Rule} */
function leadsNowhere(_file, { specifier, target }) {
  return specifier.startsWith('.') && target === undefined ? 'there is no such file' : undefined
}

/** @type {Rule} */
function leavesThePackage(file, { target }) {
  return !file.isTest && target?.startsWith('..')
    ? 'it leaves the package; import a public entry instead'
    : undefined
}

/** @type {Rule} */
function loadsNode(file, { specifier, isLoaded }) {
  if (file.isTest || !isLoaded || !isBuiltin(specifier)) return undefined
  return 'browsers do not have it; load it with import() where it is needed'
}

/**
 * @param {readonly string[]} entries
 * @returns {Rule}
 */
function entryRule(entries) {
  return (file, { target }) => {
    if (isFree(file) || target === undefined || !entries.includes(target)) return undefined
    return 'it is an entry of this package; import the file that has what you need'
  }
}

/**
 * @param {string} own the name of the package itself
 * @param {ReadonlyMap<string, readonly string[]>} entriesByPackage
 * @returns {Rule}
 */
function publicRule(own, entriesByPackage) {
  return (file, { specifier }) => {
    const name = specifier.split('/').slice(0, 2).join('/')
    const entries = entriesByPackage.get(name)
    if (entries === undefined || file.isTest) return undefined
    if (name === own) return 'it is this package itself; import the file that has what you need'
    if (entries.includes(specifier)) return undefined
    return `it is not public; the public entries are ${entries.join(', ') || 'none'}`
  }
}

/**
 * @param {LayerTable} layers
 * @returns {Rule}
 */
function rankRule(layers) {
  return (file, { target }) => {
    if (isFree(file) || target === undefined) return undefined
    const [from, to] = [layerOf(file.path), layerOf(target)]
    const [fromRank, toRank] = [layers.get(from), layers.get(to)]
    if (from === to || fromRank === undefined || toRank === undefined || toRank < fromRank) return undefined
    if (toRank > fromRank) return `upward, from ${from} (rank ${fromRank}) to ${to} (rank ${toRank})`
    return to.endsWith('/') ? `sideways, from ${from} to ${to} (both rank ${toRank})` : undefined
  }
}

/** @param {SourceFile} file */
function isFree(file) {
  return file.isTest || file.path.startsWith('testing/')
}

/**
 * The folder (`state/`) or single file (`errors.ts`) that the layer table ranks.
 *
 * @param {string} path
 */
function layerOf(path) {
  const slash = path.indexOf('/')
  return slash < 0 ? path : path.slice(0, slash + 1)
}

/**
 * @param {CheckedPackage} checked
 * @param {readonly SourceFile[]} files
 */
function unknownLayers({ layers, label }, files) {
  if (layers === undefined) return []
  const used = new Set(files.filter(file => !file.isTest).map(file => layerOf(file.path)))
  const unknown = [...used].filter(layer => !layers.has(layer))
  return unknown.map(layer => `${label}/src/${layer} is not in the layer table; give it a rank`)
}

/**
 * @param {CheckedPackage} checked
 * @param {readonly SourceFile[]} files
 */
function cycles({ label }, files) {
  const edges = new Map(files.map(file => [file.path, file.imports.flatMap(({ target }) => target ?? [])]))
  return findCycles(edges).map(cycle => {
    const [start = '', ...others] = cycle
    const way = others.length === 0 ? 'itself' : [...others, start].join(' -> ')
    return `${label}/src/${start} is in a cycle: ${start} -> ${way}`
  })
}

/** @param {string} folder */
function packageName(folder) {
  return readManifest(folder).name
}

/**
 * The source files that the entries of a package are compiled from, below `src`.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function entryFiles(folder) {
  const targets = Object.values(readManifest(folder).exports ?? {})
  const compiled = targets.flatMap(target => (typeof target === 'string' ? target : (target.default ?? [])))
  const sources = compiled.map(file => file.replace(/^\.\/dist\//, '').replace(/\.js$/, ''))
  return sources.flatMap(source => [`${source}.ts`, `${source}.tsx`])
}

/**
 * @param {string} folder
 * @returns {{ name: string, exports?: Record<string, string | { default?: string }> }}
 */
function readManifest(folder) {
  const file = join(folder, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { name: folder }
}
