import { readFile } from 'node:fs/promises'

/**
 * The memory of a page after a collection of garbage, and of the process that renders it. What the browser's
 * other processes hold for it, as those that serve its storage, is not seen here.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<import('./measures/measures.mjs').Memory>}
 */
export async function readPageMemory(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const usage = await session.send('Runtime.getHeapUsage')
  const heap = usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize
  return { heap, rss: await rendererRss(page) }
}

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<number | undefined>} only on Linux
 */
async function rendererRss(page) {
  if (process.platform !== 'linux') return undefined
  const session = await page.context().browser()?.newBrowserCDPSession()
  if (session === undefined) return undefined
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  // Beside the page's there are spare ones that hold nothing yet.
  return Math.max(...(await Promise.all(renderers.map(({ id }) => processRss(id)))))
}

/** @param {number} id */
async function processRss(id) {
  const status = await readFile(`/proc/${id}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024
}
