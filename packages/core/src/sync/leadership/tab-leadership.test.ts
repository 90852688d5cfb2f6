import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../../errors.js'
import { FakeBrowser } from './fixtures/fake-browser.js'
import type { FakeTab } from './fixtures/fake-tab.js'
import { openLeadership } from './open-leadership.js'

interface Member {
  readonly tab: FakeTab
  readonly leadership: ReturnType<typeof openLeadership<string>>
  readonly statuses: string[]
  readonly roles: boolean[]
}

const isStatus = (value: unknown): value is string => typeof value === 'string'

function join(browser: FakeBrowser, tab = browser.openTab()): Member {
  const leadership = openLeadership({ platform: tab, name: 'x', isStatus })
  const statuses: string[] = []
  const roles: boolean[] = []
  leadership.onStatus(status => statuses.push(status))
  leadership.onChange(isLeader => roles.push(isLeader))
  return { tab, leadership, statuses, roles }
}

/** Tabs that joined one after the other, so that the first one leads. */
async function openTabs(count: number): Promise<{ browser: FakeBrowser; members: Member[] }> {
  const browser = new FakeBrowser()
  const members: Member[] = []
  for (let i = 0; i < count; i++) {
    members.push(join(browser))
    await browser.advance(100)
  }
  return { browser, members }
}

/** How a promise stands after a while: `pending`, `done`, or the code of its error. */
async function outcomeOf(browser: FakeBrowser, promise: Promise<unknown>, wait = 50): Promise<string> {
  let outcome = 'pending'
  promise.then(
    () => {
      outcome = 'done'
    },
    (error: FirekeepError) => {
      outcome = error.code
    },
  )
  await browser.advance(wait)
  return outcome
}

describe('one tab of several', () => {
  it('leads, and the others follow', async () => {
    const { browser, members } = await openTabs(3)
    expect(members.map(({ leadership }) => leadership.isLeader)).toEqual([true, false, false])
    const [a, b] = members as [Member, Member]
    expect(await outcomeOf(browser, a.leadership.assertLeader())).toBe('done')
    const refused = b.leadership.assertLeader()
    await expect(refused).rejects.toMatchObject({ code: 'ABORTED', details: { reason: 'not-leader' } })
    await browser.advance(10_000)
    expect(browser.locks.thefts).toBe(0)
    expect(members.map(({ roles }) => roles)).toEqual([[true], [], []])
  })

  it('takes over at once when the leader is closed', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    a.tab.close()
    await browser.advance(50)
    expect(b.leadership.isLeader).toBe(true)
  })

  it('takes over at once when the leader leaves', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    const closing = a.leadership.close()
    expect(a.leadership.isLeader).toBe(false)
    expect(await outcomeOf(browser, closing)).toBe('done')
    expect(b.leadership.isLeader).toBe(true)
    expect(await outcomeOf(browser, a.leadership.close())).toBe('done')
    expect(await outcomeOf(browser, a.leadership.assertLeader())).toBe('CLOSED')
  })

  it('takes over within two seconds when the leader is frozen', async () => {
    const { browser, members } = await openTabs(3)
    const [a, ...others] = members as [Member, ...Member[]]
    await browser.advance(1234)
    a.tab.freeze()
    await browser.advance(1400)
    expect(others.some(({ leadership }) => leadership.isLeader)).toBe(false)
    await browser.advance(600)
    expect(others.filter(({ leadership }) => leadership.isLeader)).toHaveLength(1)
    expect(browser.locks.thefts).toBe(2)
  })

  it('hears the first thief and does not rob him', async () => {
    const { browser, members } = await openTabs(4)
    members.forEach(({ tab }, i) => {
      tab.chance = i / 4
    })
    members[0]?.tab.freeze()
    await browser.advance(2000)
    expect(members[1]?.leadership.isLeader).toBe(true)
    expect(browser.locks.thefts).toBe(1)
  })

  it('is refused when it goes on after it was robbed, before it says anything', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    a.tab.freeze()
    await browser.advance(600_000)
    const said = browser.messages.length
    a.tab.thaw()
    expect(a.leadership.isLeader).toBe(true)
    expect(await outcomeOf(browser, a.leadership.assertLeader(), 20)).toBe('ABORTED')
    expect(a.leadership.isLeader).toBe(false)
    const ofA = browser.messages.slice(said).filter(message => isFrom(message, a))
    expect(ofA.filter(({ kind }) => kind === 'leading')).toEqual([])
    await browser.advance(5000)
    expect(b.leadership.isLeader).toBe(true)
    expect(a.roles).toEqual([true, false])
  })

  it('is refused although it led a moment ago, when two robbed one after the other', async () => {
    const { browser, members } = await openTabs(3)
    const [a, b, c] = members as [Member, Member, Member]
    b.tab.latency = 1
    c.tab.latency = 10
    a.tab.freeze()
    const beats = () => browser.messages.filter(message => isFrom(message, b) && message.kind === 'leading')
    while (beats().length === 0) await browser.advance(1)
    expect(b.leadership.isLeader).toBe(true)
    b.tab.freeze()
    await browser.advance(800)
    expect(c.leadership.isLeader).toBe(true)
    b.tab.thaw()
    const asked = b.leadership.assertLeader()
    expect(await outcomeOf(browser, asked)).toBe('ABORTED')
  })

  it('is refused when it was robbed while the answer of the platform lay there', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    a.tab.freeze()
    await browser.advance(1400)
    a.tab.thaw()
    const asked = a.leadership.assertLeader()
    await browser.advance(3)
    a.tab.freeze()
    await browser.advance(600)
    expect(b.leadership.isLeader).toBe(true)
    a.tab.thaw()
    expect(await outcomeOf(browser, asked)).toBe('ABORTED')
  })

  it('never leads by a lock that was given to it and stolen while it was frozen', async () => {
    const { browser, members } = await openTabs(3)
    const [a, b, c] = members as [Member, Member, Member]
    b.tab.freeze()
    a.tab.close()
    await browser.advance(2000)
    expect(c.leadership.isLeader).toBe(true)
    b.tab.thaw()
    await browser.advance(2000)
    expect(b.roles).toEqual([])
  })

  it('still leads when it was frozen and nobody was there to notice', async () => {
    const { browser, members } = await openTabs(1)
    const [a] = members as [Member]
    a.tab.freeze()
    await browser.advance(10_000)
    a.tab.thaw()
    expect(await outcomeOf(browser, a.leadership.assertLeader())).toBe('done')
    expect(a.roles).toEqual([true])
  })

  it('does not rob a leader that it could not hear because it was frozen itself', async () => {
    const { browser, members } = await openTabs(2)
    const b = members[1] as Member
    for (const frozen of [400, 1200, 1700, 60_000]) {
      b.tab.freeze()
      await browser.advance(frozen)
      b.tab.thaw()
      await browser.advance(2100)
    }
    expect(browser.locks.thefts).toBe(0)
  })

  it('hears an answer that came while it was frozen before it robs', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    a.tab.timerStep = 60_000
    const questions = () => browser.messages.filter(message => isFrom(message, b) && message.kind === 'ask')
    const before = questions().length
    while (questions().length === before) await browser.advance(1)
    b.tab.freeze()
    await browser.advance(700)
    // Its timer comes first.
    b.tab.thaw(() => 0.99)
    await browser.advance(100)
    expect(browser.locks.thefts).toBe(0)
  })

  it('does not rob a leader when all slept at once', async () => {
    const { browser, members } = await openTabs(2)
    for (const { tab } of members.toReversed()) {
      tab.freeze()
      await browser.advance(0)
    }
    const [a, b] = members as [Member, Member]
    b.tab.thaw()
    await browser.advance(1200)
    b.tab.freeze()
    await browser.advance(3_600)
    for (const { tab } of [b, a]) tab.thaw()
    await browser.advance(3000)
    expect(browser.locks.thefts).toBe(0)
  })

  it('does not rob a hidden leader whose timers are a minute apart', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    a.tab.timerStep = 60_000
    await browser.advance(180_000)
    expect(browser.locks.thefts).toBe(0)
    expect(await outcomeOf(browser, a.leadership.assertLeader())).toBe('done')
    b.tab.timerStep = 60_000
    await browser.advance(600_000)
    expect(browser.locks.thefts).toBe(0)
  })

  it('takes over although its own timers are late', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    b.tab.timerStep = 60_000
    a.tab.freeze()
    await browser.advance(240_000)
    expect(b.leadership.isLeader).toBe(true)
  })

  it('gives its place away while its page is put away, and comes back as a follower', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    a.tab.show(false)
    expect(a.leadership.isLeader).toBe(false)
    a.tab.freeze()
    await browser.advance(50)
    expect(b.leadership.isLeader).toBe(true)
    a.tab.thaw()
    a.tab.show(true)
    b.leadership.publish('from b')
    await browser.advance(1000)
    expect(a.leadership.isLeader).toBe(false)
    expect(a.statuses).toEqual(['from b'])
    b.tab.close()
    await browser.advance(50)
    expect(a.leadership.isLeader).toBe(true)
  })

  it('leads alone where the platform refuses locks for good', async () => {
    const browser = new FakeBrowser()
    const tab = browser.openTab()
    tab.locks.request = () => Promise.reject(new DOMException('denied', 'SecurityError'))
    const { leadership } = join(browser, tab)
    await browser.advance(10)
    expect(await outcomeOf(browser, leadership.assertLeader())).toBe('done')
    await leadership.close()
    expect(leadership.isLeader).toBe(false)
  })

  it('leads a moment later where the platform refuses locks for now', async () => {
    const browser = new FakeBrowser()
    const tab = browser.openTab()
    const { request } = tab.locks
    tab.locks.request = () => Promise.reject(new DOMException('not yet', 'InvalidStateError'))
    const { leadership } = join(browser, tab)
    await browser.advance(2000)
    expect(leadership.isLeader).toBe(false)
    tab.locks.request = request
    await browser.advance(600)
    expect(leadership.isLeader).toBe(true)
  })
})

describe('a status', () => {
  it('reaches every follower at once, each change once, and whoever joins later', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    a.leadership.publish('one')
    await browser.advance(10)
    expect(b.statuses).toEqual(['one'])
    a.leadership.publish('two')
    await browser.advance(5000)
    expect(b.statuses).toEqual(['one', 'two'])
    expect(a.statuses).toEqual([])
    const late = join(browser)
    await browser.advance(20)
    expect(late.statuses).toEqual(['two'])
  })

  it('of a follower is told when it leads', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    b.leadership.publish('mine')
    await browser.advance(1000)
    expect(a.statuses).toEqual([])
    expect(browser.messages.some(message => isFrom(message, b) && message.kind === 'leading')).toBe(false)
    const c = join(browser)
    a.tab.close()
    await browser.advance(100)
    expect(c.statuses).toEqual(['mine'])
  })

  it('of another version is ignored, but its tab is heard', async () => {
    const browser = new FakeBrowser()
    const foreign = browser.openTab()
    void foreign.locks.request('firekeep/x', {}, () => new Promise(() => undefined))
    await browser.advance(10)
    const a = join(browser)
    const channel = foreign.openChannel('firekeep/x', () => undefined)
    for (let revision = 0; revision < 10; revision++) {
      channel.post({ kind: 'leading', from: 'f', revision, status: { new: true } })
      await browser.advance(500)
    }
    expect([browser.locks.thefts, a.statuses]).toEqual([0, []])
  })
})

describe('messages that are none', () => {
  it('are ignored', async () => {
    const { browser, members } = await openTabs(1)
    const [a] = members as [Member]
    const pokes: number[] = []
    a.leadership.onPoke(() => pokes.push(1))
    a.leadership.serveSync(() => Promise.reject(new Error('asked by nobody')))
    const channel = browser.openTab().openChannel('firekeep/x', () => undefined)
    const before = browser.messages.length
    const bad = [
      undefined,
      null,
      7,
      'ask',
      [],
      { kind: 'ask' },
      { kind: 'new', from: 'z' },
      { kind: 'poke', from: 'z', more: 1 },
      { kind: 'sync', from: 'z', id: 'z/1', clock: 'all' },
      { kind: 'leading', from: 'z', revision: -1, status: 'x' },
    ]
    for (const message of bad) channel.post(message)
    await browser.advance(400)
    expect(browser.messages).toHaveLength(before + bad.length)
    expect([pokes, a.statuses]).toEqual([[], []])
  })
})

describe('a poke', () => {
  it('reaches the leader from any tab, and nobody else', async () => {
    const { browser, members } = await openTabs(3)
    const pokes: number[] = []
    members.forEach(({ leadership }, i) => {
      leadership.onPoke(() => pokes.push(i))
    })
    for (const { leadership } of members) leadership.poke()
    await browser.advance(10)
    expect(pokes).toEqual([0, 0, 0])
  })
})

describe('a request to sync', () => {
  /** Serves by hand: each question waits for the test. */
  function serve({ leadership }: Member) {
    const clocks: (readonly string[])[] = []
    const answers: { done: () => void; fail: (error: Error) => void }[] = []
    leadership.serveSync(clock => {
      clocks.push(clock)
      return new Promise((done, fail) => answers.push({ done, fail }))
    })
    return { clocks, answers }
  }

  it('is answered when the leader is done with it, wherever it was asked', async () => {
    const { browser, members } = await openTabs(2)
    const { clocks, answers } = serve(members[0] as Member)
    serve(members[1] as Member)
    for (const { leadership } of members) {
      const request = leadership.requestSync(['head'])
      expect(await outcomeOf(browser, request, 5000)).toBe('pending')
      answers.at(-1)?.done()
      expect(await outcomeOf(browser, request)).toBe('done')
    }
    expect(clocks).toEqual([['head'], ['head']])
  })

  it('waits for somebody who serves', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    const request = b.leadership.requestSync([])
    expect(await outcomeOf(browser, request)).toBe('pending')
    a.leadership.serveSync(async () => undefined)
    expect(await outcomeOf(browser, request)).toBe('done')
  })

  it('fails with what the leader met, by its code', async () => {
    const { browser, members } = await openTabs(2)
    const { answers } = serve(members[0] as Member)
    for (const { leadership } of members) {
      const request = leadership.requestSync([])
      await browser.advance(20)
      answers.at(-1)?.fail(new FirekeepError('REMOTE_UNAVAILABLE', 'no network'))
      expect(await outcomeOf(browser, request)).toBe('REMOTE_UNAVAILABLE')
    }
    const bug = (members[1] as Member).leadership.requestSync([])
    await browser.advance(20)
    answers.at(-1)?.fail(new TypeError('a bug'))
    expect(await outcomeOf(browser, bug)).toBe('INTERNAL')
  })

  it('goes to whoever leads next, who may be the asker', async () => {
    const { browser, members } = await openTabs(3)
    const served = members.map(serve)
    const asker = members[2] as Member
    asker.tab.chance = 0.9
    const request = asker.leadership.requestSync(['head'])
    await browser.advance(20)
    for (const i of [0, 1, 2]) {
      expect(served.map(({ clocks }) => clocks.length)).toEqual([1, i >= 1 ? 1 : 0, i >= 2 ? 1 : 0])
      if (i < 2) (members[i] as Member).tab.freeze()
      await browser.advance(2000)
    }
    served[2]?.answers[0]?.done()
    expect(await outcomeOf(browser, request)).toBe('done')
  })

  it('of a leader that was robbed meanwhile goes to the thief', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    const atA = serve(a)
    const atB = serve(b)
    const request = a.leadership.requestSync(['head'])
    a.tab.freeze()
    await browser.advance(2000)
    a.tab.thaw()
    await browser.advance(600)
    expect(atB.clocks).toEqual([['head']])
    atA.answers[0]?.fail(new FirekeepError('ABORTED', 'robbed'))
    expect(await outcomeOf(browser, request)).toBe('pending')
    atB.answers[0]?.done()
    expect(await outcomeOf(browser, request)).toBe('done')
  })

  it('outlives a leader that is closing', async () => {
    const { browser, members } = await openTabs(2)
    const [a, b] = members as [Member, Member]
    const { answers } = serve(a)
    const request = b.leadership.requestSync([])
    await browser.advance(20)
    answers[0]?.fail(new FirekeepError('CLOSED', 'detached'))
    expect(await outcomeOf(browser, request)).toBe('pending')
    b.leadership.serveSync(async () => undefined)
    void a.leadership.close()
    expect(await outcomeOf(browser, request)).toBe('done')
  })

  it('ends when it is aborted, and when the asker is closed', async () => {
    const { browser, members } = await openTabs(2)
    const b = members[1] as Member
    const stop = new AbortController()
    const aborted = b.leadership.requestSync([], stop.signal)
    const closed = b.leadership.requestSync([])
    stop.abort()
    expect(await outcomeOf(browser, aborted)).toBe('ABORTED')
    expect(await outcomeOf(browser, b.leadership.requestSync([], stop.signal))).toBe('ABORTED')
    expect(await outcomeOf(browser, closed)).toBe('pending')
    void b.leadership.close()
    expect(await outcomeOf(browser, closed)).toBe('CLOSED')
    expect(await outcomeOf(browser, b.leadership.requestSync([]))).toBe('CLOSED')
  })
})

function isFrom(message: unknown, { tab }: Member): message is { kind: string; from: string } {
  return (message as { from: string }).from.startsWith(`${tab.id}.`)
}
