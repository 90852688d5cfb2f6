import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, findChromium } from '../scripts/find-chromium.mjs'
import { serveFolder } from '../scripts/serve-folder.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const DIST = join(HERE, 'dist')
const TIME_LIMIT_MS = 120_000

/**
 * Each cell in a browser of its own with a fresh profile on the disk, in a page that is cross-origin isolated, so
 * that its clock is fine.
 *
 * @returns {Promise<import('./node-runner.mjs').Runner>}
 */
export async function openChromiumRunner() {
  const executablePath = findChromium()
  if (executablePath === undefined)
    throw new Error('There is no Chromium: install one, or set CHROMIUM_PATH.')
  await bundlePage()
  const server = await serveFolder(DIST, 0)
  return {
    browserVersion: await versionOf(executablePath),
    async run(cell, recordBytes) {
      const profile = await mkdtemp(join(tmpdir(), 'firekeep-bench-'))
      try {
        const place = /** @type {const} */ ({ environment: 'chromium', dir: '', recordBytes })
        return await runInPage({ executablePath, profile, url: server.url }, { ...cell, place })
      } finally {
        await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
      }
    },
    close: async () => server.close(),
  }
}

async function bundlePage() {
  await mkdir(DIST, { recursive: true })
  await copyFile(join(HERE, 'page.html'), join(DIST, 'index.html'))
  await build({
    entryPoints: [join(HERE, 'page.mjs')],
    outfile: join(DIST, 'page.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    external: ['node:*'],
    logLevel: 'warning',
  })
}

/** @param {string} executablePath */
async function versionOf(executablePath) {
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
  const version = browser.version()
  await browser.close()
  return version
}

/**
 * @param {{ executablePath: string, profile: string, url: string }} where
 * @param {import('./run-cell.mjs').PlacedCell} cell
 */
async function runInPage({ executablePath, profile, url }, cell) {
  // A context of `launch` would be off the record, which keeps IndexedDB in memory.
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: CHROMIUM_FLAGS })
  const timer = setTimeout(() => context.close(), TIME_LIMIT_MS)
  try {
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForFunction(() => 'runCell' in globalThis)
    return await page.evaluate(cell => globalThis.runCell(cell), cell)
  } finally {
    clearTimeout(timer)
    await context.close()
  }
}
