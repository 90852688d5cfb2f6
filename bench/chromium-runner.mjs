import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, findChromium } from '../scripts/find-chromium.mjs'
import { serveFolder } from '../scripts/serve-folder.mjs'
import { bundlePage } from './bundle-page.mjs'
import { readPageMemory } from './read-page-memory.mjs'
import { TIME_LIMIT_MS } from './time-limit.mjs'

/**
 * Each cell in a browser of its own, in a page that is cross-origin isolated, so that its clock is fine.
 *
 * @param {number} [timeLimit] milliseconds that a cell may take
 * @returns {Promise<import('./node-runner.mjs').Runner>}
 */
export async function openChromiumRunner(timeLimit = TIME_LIMIT_MS) {
  const executablePath = findChromium()
  if (executablePath === undefined)
    throw new Error('There is no Chromium: install one, or set CHROMIUM_PATH.')
  const server = await serveFolder(await bundlePage(), 0)
  return {
    browserVersion: await versionOf(executablePath),
    run: cell => runInPage({ executablePath, url: server.url, timeLimit }, cell),
    close: async () => server.close(),
  }
}

/** @param {string} executablePath */
async function versionOf(executablePath) {
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
  const version = browser.version()
  await browser.close()
  return version
}

/**
 * @param {{ executablePath: string, url: string, timeLimit: number }} where
 * @param {import('./run-cell.mjs').PlacedCell} cell
 */
async function runInPage({ executablePath, url, timeLimit }, cell) {
  // A context of `launch` would be off the record, which keeps IndexedDB in memory.
  const context = await chromium.launchPersistentContext(cell.place.dir, {
    executablePath,
    args: CHROMIUM_FLAGS,
  })
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    context.close()
  }, timeLimit)
  try {
    const page = await context.newPage()
    await page.exposeFunction('readMemory', () => readPageMemory(page))
    await page.goto(url)
    await page.waitForFunction(() => 'runCell' in globalThis)
    return await page.evaluate(cell => globalThis.runCell(cell), cell)
  } catch (error) {
    throw isLate ? new Error(`gave up after ${timeLimit / 1_000} s`) : error
  } finally {
    clearTimeout(timer)
    await context.close()
  }
}
