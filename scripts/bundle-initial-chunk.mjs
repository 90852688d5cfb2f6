import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const ENTRY = 'entry'

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
 * @returns {Promise<string[]>} the names of the files in `initial`
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
  return names
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
