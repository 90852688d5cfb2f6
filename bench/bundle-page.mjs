import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const DIST = join(HERE, 'dist')

/** How apps are bundled here: the page of a cell, and what the sizes of contenders are taken of. */
export const BUNDLING = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: HERE,
  // What PouchDB takes from Node, and bundlers for browsers bring along.
  alias: { events: fileURLToPath(import.meta.resolve('events/events.js')) },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  external: ['node:*'],
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'error',
})

/**
 * The page in which cells run. It is split, so that a cell loads its contender and no other.
 *
 * @returns {Promise<string>} the folder it lies in
 */
export async function bundlePage() {
  await rm(DIST, { recursive: true, force: true })
  await mkdir(DIST, { recursive: true })
  await copyFile(join(HERE, 'page.html'), join(DIST, 'index.html'))
  await build({ ...BUNDLING, entryPoints: [join(HERE, 'page.mjs')], outdir: DIST, splitting: true })
  return DIST
}
