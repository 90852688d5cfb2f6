import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { findImports } from './find-imports.mjs'

const CODE = /\.(ts|tsx|mts|js|jsx|mjs)$/
const TEST = /(\.(test|test-d)\.tsx?$)|(^|\/)fixtures\//
/** @type {readonly (readonly [RegExp, readonly string[]])[]} */
const COMPILED_FROM = [
  [/\.js$/, ['.ts', '.tsx', '.js']],
  [/\.jsx$/, ['.tsx', '.jsx']],
  [/\.mjs$/, ['.mts', '.mjs']],
]

/**
 * @typedef {object} SourceFile
 * @property {string} path below `src`, with `/`
 * @property {boolean} isTest a test, or a fixture of one
 * @property {readonly SourceImport[]} imports
 *
 * @typedef {import('./find-imports.mjs').FoundImport & { target?: string }} SourceImport
 *   `target` is the path below `src` that a relative import leads to, beginning with `..` where it leaves `src`;
 *   missing where there is no such file, and for imports of packages
 */

/**
 * Reads all code below the `src` folder of a package and resolves its relative imports.
 *
 * @param {string} folder of the package
 * @returns {SourceFile[]}
 */
export function readSources(folder) {
  const src = join(folder, 'src')
  if (!existsSync(src)) return []
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(path => CODE.test(path))
  return paths.sort().map(path => readSource(src, path))
}

/**
 * @param {string} src
 * @param {string} path
 * @returns {SourceFile}
 */
function readSource(src, path) {
  const file = join(src, path)
  const imports = findImports(file, readFileSync(file, 'utf8')).map(found => {
    const target = found.specifier.startsWith('.')
      ? resolveFile(join(dirname(file), found.specifier))
      : undefined
    return target === undefined ? found : { ...found, target: toPath(relative(src, target)) }
  })
  const name = toPath(path)
  return { path: name, isTest: TEST.test(name), imports }
}

/**
 * The file that an import of `file` loads: TypeScript names the compiled file, bundlers add a query.
 *
 * @param {string} file
 */
function resolveFile(file) {
  const plain = String(file.split('?')[0])
  const sources = COMPILED_FROM.flatMap(([ending, froms]) =>
    ending.test(plain) ? froms.map(from => plain.replace(ending, from)) : [],
  )
  return [...sources, plain].find(candidate => existsSync(candidate) && statSync(candidate).isFile())
}

/** @param {string} path */
function toPath(path) {
  return path.split(sep).join('/')
}
