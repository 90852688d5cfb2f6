import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FixturePage, openFixturePage } from './fixture-page.js'

let fixture: FixturePage
let context: BrowserContext

beforeAll(async () => {
  fixture = await openFixturePage('storage-fixtures')
}, 120_000)

afterAll(() => fixture?.close())

beforeEach(async () => {
  context = await fixture.browser.newContext()
})

afterEach(async () => {
  await context.close()
})

/** A page of an origin with a quota; set before the browser looks at it, as it remembers what it saw. */
async function openPage(quotaSize = 2_000_000): Promise<Page> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  const { origin } = new URL(fixture.url)
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize })
  await page.goto(fixture.url)
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

  it('rewrites packs of 4 MiB one by one, each put with the one it replaces deleted', async () => {
    const page = await openPage(180_000_000)
    const keys = await page.evaluate(() => window.storagePage.fill('one', [4_194_304, 100_000]))
    const packs = keys.slice(0, 6)
    for (const pack of packs) {
      const rewrite = page.evaluate(
        key => window.storagePage.put('one', `~${key}`, 4_194_304, true, [key]),
        pack,
      )
      expect(await rewrite).toBeUndefined()
    }
    expect(await page.evaluate(() => window.storagePage.keys('one'))).toEqual([
      ...keys.slice(6),
      ...packs.map(pack => `~${pack}`),
    ])
  }, 120_000)

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
