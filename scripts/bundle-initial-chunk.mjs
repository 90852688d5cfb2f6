import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const ENTRY = 'entry'

/** @typedef {{ name: string, bytes: number }} Part a package, and its minified bytes before compression */

/**
 * Bundles packages as an app would and leaves in `<folder>/initial` what a browser loads at once: the entry and
 * the chunks that it imports statically. What is loaded later by `import()` stays in `<folder>/all` only.
 * (The esbuild plugin of size-limit does not split, so it would count the lazy parts too.)
 *
 * React is left out, as every app that uses the hooks has it anyway.
 *
 * @param {readonly string[]} packages all of whose exports are used
 * @param {string} from the folder from which they are imported
 * @param {string} folder is emptied first
 * @returns {Promise<{ names: string[], parts: Part[] }>} the files in `initial`, and what they are made of
 */
export async function bundleInitialChunk(packages, from, folder) {
  rmSync(folder, { recursive: true, force: true })
  const all = join(folder, 'all')
  const contents = packages.map(name => `export * from ${JSON.stringify(name)}`).join('\n')
  const { metafile } = await build({
    stdin: { contents, resolveDir: from, sourcefile: `${ENTRY}.js` },
    outdir: all,
    entryNames: ENTRY,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    external: ['react', 'react/*', 'react-dom', 'node:*'],
    metafile: true,
    logLevel: 'warning',
  })
  const initial = join(folder, 'initial')
  mkdirSync(initial, { recursive: true })
  const names = [...loadedAtOnce(metafile)].map(file => basename(file))
  for (const name of names) copyFileSync(join(all, name), join(initial, name))
  return { names, parts: partsOf(metafile, names) }
}

/**
 * @param {import('esbuild').Metafile} metafile
 * @returns {Set<string>}
 */
function loadedAtOnce({ outputs }) {
  const loaded = new Set(Object.keys(outputs).filter(file => basename(file) === `${ENTRY}.js`))
  for (const file of loaded) {
    for (const found of outputs[file]?.imports ?? []) {
      if (found.kind === 'import-statement' && !found.external) loaded.add(found.path)
    }
  }
  return loaded
}

/**
 * @param {import('esbuild').Metafile} metafile
 * @param {readonly string[]} names
 * @returns {Part[]} the largest first
 */
function partsOf({ outputs }, names) {
  /** @type {Map<string, number>} */
  const bytesByName = new Map()
  for (const [file, { inputs }] of Object.entries(outputs)) {
    if (!names.includes(basename(file))) continue
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      const name = partOf(source)
      bytesByName.set(name, (bytesByName.get(name) ?? 0) + bytesInOutput)
    }
  }
  return [...bytesByName].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes)
}

/**
 * The package that a source file is from; for a package of the workspace also its folder.
 *
 * @param {string} source
 */
function partOf(source) {
  const own = /packages\/(\w+)\/dist\/([\w-]+)/.exec(source)
  if (own) return `@firekeep/${own[1]} ${own[2]}`
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? source
}
