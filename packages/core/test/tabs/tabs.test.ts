import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FixturePage, openFixturePage } from './fixture-page.js'

const PUTS = 300
const MANY = 10_000

let fixture: FixturePage
let context: BrowserContext

beforeAll(async () => {
  fixture = await openFixturePage('fixtures')
}, 120_000)

afterAll(() => fixture?.close())

beforeEach(async () => {
  context = await fixture.browser.newContext()
})

afterEach(async () => {
  await context.close()
})

/** A tab on the one origin of the test, and the ids it has acknowledged. */
async function openTab(): Promise<{ page: Page; acknowledged: string[] }> {
  const page = await context.newPage()
  const acknowledged: string[] = []
  await page.exposeFunction('acknowledge', (id: string) => {
    acknowledged.push(id)
  })
  await page.goto(fixture.url)
  await page.waitForFunction(() => window.tab !== undefined)
  return { page, acknowledged }
}

describe('two tabs', () => {
  it('lose no acknowledged put when both write at once and one of them crashes', async () => {
    const a = await openTab()
    const b = await openTab()
    const crash = (async () => {
      await expect.poll(() => b.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(PUTS / 2)
      const session = await context.newCDPSession(b.page)
      void session.send('Page.crash').catch(() => undefined)
    })()
    const writing = b.page.evaluate(count => window.tab.write('b', count), PUTS * 10).catch(() => undefined)
    await a.page.evaluate(count => window.tab.write('a', count), PUTS)
    await crash
    await expect.poll(() => a.acknowledged.length).toBe(PUTS)
    void writing

    const fresh = await openTab()
    const ids = new Set(await fresh.page.evaluate(() => window.tab.ids()))
    const lost = [...a.acknowledged, ...b.acknowledged].filter(id => !ids.has(id))
    expect(lost).toEqual([])
  }, 120_000)

  it('show each other what they write', async () => {
    const a = await openTab()
    const b = await openTab()
    await a.page.evaluate(() => window.tab.write('a', 1))
    await b.page.waitForFunction(() => window.liveIds.includes('a-0'))
    await b.page.evaluate(() => window.tab.write('b', 1))
    await a.page.waitForFunction(() => window.liveIds.includes('b-0'))
  }, 60_000)

  it('make one key when both write first', async () => {
    const tabs = await Promise.all([openTab(), openTab()])
    await Promise.all(tabs.map(({ page }, i) => page.evaluate(name => window.tab.write(name, 3), `t${i}`)))
    const authors = await Promise.all(tabs.map(({ page }) => page.evaluate(() => window.tab.author())))
    expect(authors[0]).toBe(authors[1])
    const fresh = await openTab()
    expect(await fresh.page.evaluate(() => window.tab.ids())).toHaveLength(6)
  }, 60_000)

  it('lose no increment of a counter', async () => {
    const tabs = await Promise.all([openTab(), openTab(), openTab()])
    await Promise.all(tabs.map(({ page }) => page.evaluate(() => window.tab.increment(20))))
    // Each tab hears of the others' writes a moment later.
    for (const { page } of tabs) {
      await expect.poll(() => page.evaluate(() => window.tab.find('counter'))).toMatchObject({ n: 60 })
    }
  }, 60_000)
})

describe('a tab', () => {
  it('finds what it wrote after a reload', async () => {
    const { page } = await openTab()
    await page.evaluate(() => window.tab.write('a', 5))
    await page.reload()
    await page.waitForFunction(() => window.tab !== undefined)
    expect(await page.evaluate(() => window.tab.ids())).toHaveLength(5)
    expect(await page.evaluate(() => window.tab.kind())).toBe('indexeddb')
  }, 60_000)

  it(`finds ${MANY} awaited puts after close and open`, async () => {
    const { page } = await openTab()
    await page.evaluate(count => window.tab.write('a', count), MANY)
    await page.evaluate(() => window.tab.reopen())
    expect(new Set(await page.evaluate(() => window.tab.ids())).size).toBe(MANY)
  }, 180_000)
})
