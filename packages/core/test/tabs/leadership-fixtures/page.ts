import { findBrowserPlatform } from '../../../src/sync/leadership/browser-platform.js'
import type { Leadership } from '../../../src/sync/leadership/leadership.js'
import { openLeadership } from '../../../src/sync/leadership/open-leadership.js'

/** Whether the tab might have sent something, asked again and again. */
export interface Ask {
  /** Milliseconds of the page's own clock. */
  readonly at: number
  readonly isSure: boolean
}

/** What a test does with the leadership of a page. */
export interface LeadershipPage {
  /** `hears`: whether the page is told that it is put away or frozen, or finds out by itself. */
  join(name: string, hears: boolean): void
  isLeader(): boolean
  publish(status: string): void
  statuses(): readonly string[]
  /** Asks once more. */
  ask(): void
  asks(): readonly Ask[]
  served(): readonly (readonly string[])[]
  requestSync(clock: readonly string[]): Promise<void>
  close(): Promise<void>
}

declare global {
  interface Window {
    leadershipPage: LeadershipPage
  }
}

const ASK_MILLISECONDS = 50

let leadership: Leadership<string>
const statuses: string[] = []
const asks: Ask[] = []
const served: (readonly string[])[] = []

async function ask(): Promise<void> {
  const isSure = await leadership.assertLeader().then(
    () => true,
    () => false,
  )
  asks.push({ at: performance.now(), isSure })
}

window.leadershipPage = {
  join(name, hears) {
    const found = findBrowserPlatform()
    if (found === undefined) throw new TypeError('a browser shares nothing among its tabs')
    const platform = hears ? found : { ...found, watchPage: () => () => undefined }
    const isStatus = (value: unknown): value is string => typeof value === 'string'
    leadership = openLeadership({ platform, name, isStatus })
    leadership.onStatus(status => statuses.push(status))
    leadership.serveSync(async clock => void served.push(clock))
    setInterval(ask, ASK_MILLISECONDS)
  },
  isLeader: () => leadership.isLeader,
  publish: status => leadership.publish(status),
  statuses: () => statuses,
  ask: () => void ask(),
  asks: () => asks,
  served: () => served,
  requestSync: clock => leadership.requestSync(clock),
  close: () => leadership.close(),
}
