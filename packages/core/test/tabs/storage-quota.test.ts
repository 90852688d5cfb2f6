import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHROMIUM_FLAGS, findChromium } from '../../../../scripts/find-chromium.mjs'
import { serveFolder } from '../../../../scripts/serve-folder.mjs'

const FIXTURES = fileURLToPath(new URL('storage-fixtures', import.meta.url))

let folder: string
let server: { url: string; close: () => void }
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firekeep-'))
  await build({
    root: FIXTURES,
    configFile: false,
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: false, target: 'esnext' },
  })
  server = await serveFolder(folder, 0)
  const executablePath = findChromium()
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: CHROMIUM_FLAGS })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  server?.close()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  context = await browser.newContext()
})

afterEach(async () => {
  await context.close()
})

/** A page whose origin may store 2 MB; set before the browser looks at the quota, as it remembers what it saw. */
async function openPage(): Promise<Page> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  const { origin } = new URL(server.url)
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 2_000_000 })
  await page.goto(server.url)
  await page.waitForFunction(() => window.storagePage !== undefined)
  return page
}

describe('IndexedDB at the end of its quota', () => {
  it('is QUOTA_EXCEEDED, reads still answer, and deleting works from the room held back', async () => {
    const page = await openPage()
    const keys = await page.evaluate(() => window.storagePage.fill('one'))
    expect(keys.length).toBeGreaterThan(10)
    expect(await page.evaluate(() => window.storagePage.put('one', '~more', 20_000))).toBe('QUOTA_EXCEEDED')
    expect(await page.evaluate(() => window.storagePage.keys('one'))).toEqual(keys)
    expect(await page.evaluate(() => window.storagePage.size('one', 'k0000'))).toBe(20_000)
    // A delete in the database above is a small record written with `reserve`.
    for (let index = 0; index < 50; index += 1) {
      const put = await page.evaluate(at => window.storagePage.put('one', `~del/${at}`, 700, true), index)
      expect(put).toBeUndefined()
    }
    expect(await page.evaluate(() => window.storagePage.put('one', '~more', 20_000))).toBe('QUOTA_EXCEEDED')
    expect(await page.evaluate(() => window.storagePage.keys('one'))).toHaveLength(keys.length + 50)
    await page.evaluate(gone => window.storagePage.delete('one', gone), keys)
    expect(await page.evaluate(() => window.storagePage.put('one', '~again', 20_000))).toBeUndefined()
    expect(await page.evaluate(() => window.storagePage.keys('one'))).toHaveLength(51)
  }, 60_000)

  it('keeps the room held back from holders that did not hear that it was used', async () => {
    const page = await openPage()
    const keys = await page.evaluate(() => window.storagePage.fill('one'))
    const reserved = await page.evaluate(() => window.storagePage.put('two', '~del', 60_000, true))
    expect(reserved).toBeUndefined()
    for (const holder of ['one', 'two', 'three']) {
      const put = await page.evaluate(name => window.storagePage.put(name, '~more', 20_000), holder)
      expect(put).toBe('QUOTA_EXCEEDED')
    }
    expect(await page.evaluate(() => window.storagePage.keys('three'))).toEqual([...keys, '~del'])
  }, 60_000)
})
