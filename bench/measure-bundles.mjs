import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { BUNDLING } from './bundle-page.mjs'
import { BUNDLE_SIZE } from './measures/bundle-size.mjs'

const KILOBYTE = 1_000

/**
 * The size of what each contender makes an app load.
 *
 * @param {readonly import('./contenders/contender.js').Contender[]} contenders
 * @returns {Promise<import('./median-figure.mjs').CellResult[]>}
 */
export async function measureBundles(contenders) {
  const cells = []
  for (const { id, imports } of contenders) {
    if (imports === undefined) continue
    const figures = await measureBundle(imports)
    cells.push({ round: 1, contender: id, measure: BUNDLE_SIZE.id, figures })
  }
  return cells
}

/** @param {string} source */
async function measureBundle(source) {
  const stdin = { contents: source, resolveDir: BUNDLING.absWorkingDir }
  const { outputFiles } = await build({ ...BUNDLING, stdin, write: false })
  const bytes = outputFiles.map(({ contents }) => contents)
  const sum = (/** @type {number[]} */ lengths) => lengths.reduce((a, b) => a + b, 0) / KILOBYTE
  return {
    minified: sum(bytes.map(({ length }) => length)),
    gzip: sum(bytes.map(each => gzipSync(each, { level: 9 }).length)),
  }
}
