import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FixturePage, openFixturePage } from './fixture-page.js'
import { LeadershipBrowser } from './leadership-browser.js'
import type { Ask } from './leadership-fixtures/page.js'

type Page = Awaited<ReturnType<LeadershipBrowser['openPage']>>

/** What a busy machine may add to two seconds. */
const TAKEOVER_MILLISECONDS = 5000
/** Between two answers that are further apart a page was frozen. */
const GAP_MILLISECONDS = 2000

let fixture: FixturePage
let browser: LeadershipBrowser

beforeAll(async () => {
  fixture = await openFixturePage('leadership-fixtures')
}, 120_000)

afterAll(() => fixture?.close())

beforeEach(async () => {
  browser = await LeadershipBrowser.open()
})

afterEach(() => browser?.close())

async function until(page: Page, condition: string, timeout = 30_000): Promise<void> {
  await expect.poll(() => page.evaluate(condition), { timeout, interval: 20 }).toBe(true)
}

/** Pages of which the first one leads. `hears`: whether they are told that they are frozen. */
async function openPages(count: number, hears: boolean): Promise<Page[]> {
  const pages: Page[] = []
  for (let i = 0; i < count; i++) {
    const page = await browser.openPage(fixture.url)
    await until(page, 'window.leadershipPage !== undefined')
    await page.evaluate(`leadershipPage.join('x', ${hears})`)
    if (i === 0) await until(page, 'leadershipPage.isLeader()')
    pages.push(page)
  }
  return pages
}

async function leaders(pages: readonly Page[]): Promise<number> {
  const roles = await Promise.all(pages.map(page => page.evaluate<boolean>('leadershipPage.isLeader()')))
  return roles.filter(Boolean).length
}

/** Resolves when one of the pages leads. */
async function takeover(pages: readonly Page[]): Promise<void> {
  await Promise.any(pages.map(page => until(page, 'leadershipPage.isLeader()', TAKEOVER_MILLISECONDS)))
}

/** Where the page's own clock shows that it was frozen: the answers before and after. */
function splitAtGap(asks: readonly Ask[]): [before: readonly Ask[], after: readonly Ask[]] {
  const first = asks.findIndex(({ at }, i) => i > 0 && at - (asks[i - 1] as Ask).at > GAP_MILLISECONDS)
  return first < 0 ? [asks, []] : [asks.slice(0, first), asks.slice(first)]
}

describe('a leader that is frozen', () => {
  it('is robbed when it was not told, and its first answer after that is that it leads no more', async () => {
    const [a, ...others] = (await openPages(3, false)) as [Page, ...Page[]]
    await until(a, 'leadershipPage.asks().at(-1)?.isSure === true')
    await a.setState('frozen')
    await takeover(others)
    await expect.poll(() => leaders(others)).toBe(1)
    // Nothing told it.
    expect(await a.evaluate('leadershipPage.isLeader()')).toBe(true)
    const now = await others[0]?.evaluate<number>('performance.now()')
    await until(others[0] as Page, `performance.now() > ${Number(now) + GAP_MILLISECONDS}`)
    // Something in it is about to send: it goes on before the news of the theft is heard.
    await a.evaluate('leadershipPage.ask()')
    await a.setState('active')
    const answers = async () => splitAtGap(await a.evaluate<Ask[]>('leadershipPage.asks()'))
    await expect.poll(async () => (await answers())[1].length, { timeout: 10_000 }).toBeGreaterThan(2)
    const [before, after] = await answers()
    expect(before.at(-1)?.isSure).toBe(true)
    expect(after.filter(({ isSure }) => isSure)).toEqual([])
    expect(await leaders([a, ...others])).toBe(1)
  }, 60_000)

  it('gives its place away when it was told, and follows when it goes on', async () => {
    const [a, ...others] = (await openPages(3, true)) as [Page, ...Page[]]
    await a.setState('frozen')
    await takeover(others)
    expect(await a.evaluate('leadershipPage.isLeader()')).toBe(false)
    await a.setState('active')
    await others[0]?.evaluate("leadershipPage.publish('from another')")
    await others[1]?.evaluate("leadershipPage.publish('from another')")
    await until(a, "leadershipPage.statuses().includes('from another')")
    expect(await leaders([a, ...others])).toBe(1)
  }, 60_000)
})
