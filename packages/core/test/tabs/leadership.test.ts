import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FixturePage, openFixturePage } from './fixture-page.js'

/** What a busy machine may add to two seconds. */
const TAKEOVER_MILLISECONDS = 5000

let fixture: FixturePage
let context: BrowserContext

beforeAll(async () => {
  fixture = await openFixturePage('leadership-fixtures')
}, 120_000)

afterAll(() => fixture?.close())

beforeEach(async () => {
  context = await fixture.browser.newContext()
})

afterEach(async () => {
  await context.close()
})

async function openTab(hears = true): Promise<Page> {
  const page = await context.newPage()
  await page.goto(fixture.url)
  await page.waitForFunction(() => window.leadershipPage !== undefined)
  await page.evaluate(told => window.leadershipPage.join('x', told), hears)
  return page
}

/** Tabs of which the first one leads. */
async function openTabs(count: number, hears = true): Promise<Page[]> {
  const pages: Page[] = []
  for (let i = 0; i < count; i++) {
    const page = await openTab(hears)
    if (i === 0) await page.waitForFunction(() => window.leadershipPage.isLeader())
    pages.push(page)
  }
  return pages
}

function isLeader(page: Page): Promise<boolean> {
  return page.evaluate(() => window.leadershipPage.isLeader())
}

/** Resolves when one of the pages leads. */
async function takeover(pages: readonly Page[]): Promise<void> {
  const options = { timeout: TAKEOVER_MILLISECONDS, polling: 20 }
  const wait = (page: Page) =>
    page.waitForFunction(() => window.leadershipPage.isLeader(), undefined, options)
  await Promise.any(pages.map(wait))
}

async function leaders(pages: readonly Page[]): Promise<number> {
  return (await Promise.all(pages.map(isLeader))).filter(Boolean).length
}

describe('tabs of a browser', () => {
  it('have one leader, whom the others hear and ask', async () => {
    const [a, b, c] = (await openTabs(3)) as [Page, Page, Page]
    expect(await leaders([a, b, c])).toBe(1)
    await a.evaluate(() => window.leadershipPage.publish('live'))
    for (const page of [b, c]) {
      await page.waitForFunction(() => window.leadershipPage.statuses().includes('live'))
    }
    await c.evaluate(() => window.leadershipPage.requestSync(['head']))
    expect(await a.evaluate(() => window.leadershipPage.served())).toEqual([['head']])
    expect(await b.evaluate(() => window.leadershipPage.served())).toEqual([])
  }, 60_000)

  it('have another leader when it is closed, crashes, navigates away or leaves', async () => {
    let pages = await openTabs(5)
    const goodbyes: ((page: Page) => Promise<unknown>)[] = [
      page => page.close(),
      async page => {
        const session = await context.newCDPSession(page)
        void session.send('Page.crash').catch(() => undefined)
      },
      page => page.goto('about:blank'),
      page => page.evaluate(() => window.leadershipPage.close()),
    ]
    for (const leave of goodbyes) {
      const roles = await Promise.all(pages.map(isLeader))
      const leader = pages[roles.indexOf(true)] as Page
      pages = pages.filter(page => page !== leader)
      await leave(leader)
      await takeover(pages)
      expect(await leaders(pages)).toBe(1)
    }
  }, 60_000)
})
