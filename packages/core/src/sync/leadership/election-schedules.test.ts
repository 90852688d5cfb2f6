import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { FakeBrowser } from './fixtures/fake-browser.js'
import type { FakeTab } from './fixtures/fake-tab.js'
import type { Leadership } from './leadership.js'
import { openLeadership } from './open-leadership.js'

/** A robbed tab is told within so many milliseconds, unless it is frozen. */
const TOLD_MILLISECONDS = 20
/** The longest that an answer about the lock may lie in a tab that is frozen meanwhile, and still count. */
const FRESH_MILLISECONDS = 250

interface Member {
  readonly tab: FakeTab
  readonly leadership: Leadership<string>
}

type Action = 'freeze' | 'thaw' | 'close' | 'leave' | 'hide' | 'probe'

interface Step {
  readonly wait: number
  readonly at: number
  readonly action: Action
  readonly chance: number
}

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const step: fc.Arbitrary<Step> = fc.record({
  // Short and long, and around the times that decide something.
  wait: fc.oneof(fc.nat(50), fc.integer({ min: 400, max: 1700 }), fc.constantFrom(2000, 2500, 61_000)),
  at: fc.nat(2),
  action: fc.constantFrom<Action>(
    'freeze',
    'freeze',
    'thaw',
    'thaw',
    'thaw',
    'close',
    'leave',
    'hide',
    'probe',
  ),
  chance,
})
const schedule = fc.record({
  latencies: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 }),
  chances: fc.array(chance, { minLength: 3, maxLength: 3 }),
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
})

/** Three places for tabs, each taken by a new one when the old one goes. */
class Tabs {
  readonly browser = new FakeBrowser()
  readonly problems: string[] = []
  readonly #members: Member[] = []
  readonly #latencies: readonly number[]
  readonly #chances: readonly number[]
  #calmSince = 0
  #passed = 0

  constructor({ latencies, chances }: { latencies: readonly number[]; chances: readonly number[] }) {
    this.#latencies = latencies
    this.#chances = chances
    for (const at of latencies.keys()) this.#open(at)
  }

  get passed(): number {
    return this.#passed
  }

  async take({ wait, at, action, chance: luck }: Step): Promise<void> {
    await this.#wait(wait)
    if (action !== 'probe') this.#calmSince = this.browser.now
    this.#act(at, action, luck)
    await this.#probe()
  }

  async end(): Promise<void> {
    await this.#wait(2000)
    await this.#probe()
  }

  #act(at: number, action: Action, luck: number): void {
    const { tab, leadership } = this.#members[at] as Member
    if (action === 'freeze') tab.freeze()
    if (action === 'thaw') tab.thaw(seeded(luck))
    if (action === 'close') {
      tab.close()
      this.#open(at)
    }
    // A frozen tab does nothing of its own.
    if (tab.isFrozen) return
    if (action === 'leave') {
      void leadership.close()
      this.#open(at)
    }
    if (action === 'hide') {
      tab.show(false)
      tab.show(true)
    }
  }

  #open(at: number): void {
    const tab = this.browser.openTab()
    tab.latency = this.#latencies[at] as number
    tab.chance = this.#chances[at] as number
    const isStatus = (value: unknown): value is string => typeof value === 'string'
    this.#members[at] = { tab, leadership: openLeadership({ platform: tab, name: 'x', isStatus }) }
  }

  /** Two seconds after the last thing that happened there is a leader, if there is a tab that can be one. */
  async #wait(milliseconds: number): Promise<void> {
    await this.browser.advance(milliseconds)
    if (this.browser.now - this.#calmSince < 2000) return
    const awake = this.#members.filter(({ tab }) => !tab.isFrozen)
    const leaders = awake.filter(({ leadership }) => leadership.isLeader)
    expect(leaders.length).toBe(Math.min(awake.length, 1))
    for (const { tab } of leaders) expect(this.#holder()).toBe(tab)
  }

  /** All who are awake ask at once whether they lead: who is told so holds the lock, or was robbed just now. */
  async #probe(): Promise<void> {
    const awake = this.#members.filter(({ tab }) => !tab.isFrozen)
    for (const { tab, leadership } of awake) {
      const askedAt = this.browser.now
      leadership.assertLeader().then(
        () => this.#checkPass(tab, askedAt),
        error => expect(['ABORTED', 'CLOSED']).toContain(error.code),
      )
    }
    await this.browser.advance(0)
  }

  #checkPass(tab: FakeTab, askedAt: number): void {
    this.#passed++
    if (this.#holder() === tab) return
    const { now, locks } = this.browser
    const wasFrozen = now - askedAt > TOLD_MILLISECONDS
    const since = now - (locks.robbedAt.get(tab) ?? Number.NEGATIVE_INFINITY)
    if (since > (wasFrozen ? FRESH_MILLISECONDS : TOLD_MILLISECONDS)) {
      this.problems.push(`${tab.id} may send at ${now}, ${since} ms after it was robbed`)
    }
  }

  #holder(): unknown {
    return this.browser.locks.holderOf('firekeep/x')
  }
}

function seeded(start: number): () => number {
  let state = start
  return () => {
    state = (state * 7919 + 0.137) % 1
    return state
  }
}

describe('three tabs that are closed, frozen and thawed in any order', () => {
  it('have a leader two seconds later, and never two that may send', async () => {
    let passed = 0
    const law = fc.asyncProperty(schedule, async ({ steps, ...parts }) => {
      const tabs = new Tabs(parts)
      for (const next of steps) await tabs.take(next)
      await tabs.end()
      expect(tabs.problems).toEqual([])
      passed += tabs.passed
    })
    await fc.assert(law, { numRuns: runs(60) })
    expect(passed).toBeGreaterThan(100)
  })
})
