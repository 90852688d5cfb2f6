import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { isSyncStatus } from './is-sync-status.js'
import type { StatusEvent } from './status-event.js'
import { advanceStatus, TRANSITIONS } from './status-machine.js'
import { INITIAL_STATUS, type PauseReason, type SyncStatus } from './sync-status.js'

const time = fc.nat(1_000_000)
const retryAt = fc.option(time).map(at => (at === null ? {} : { retryAt: at }))
const reason = fc.constantFrom<PauseReason>('rate-limited', 'remote-full', 'storage-full', 'too-large')
const heads = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })

const undetached: fc.Arbitrary<StatusEvent> = fc.oneof(
  fc.constant<StatusEvent>({ kind: 'connect' }),
  fc.record({ kind: fc.constant('progress' as const), done: fc.nat(50), total: fc.nat(50) }),
  fc.constant<StatusEvent>({ kind: 'caught-up' }),
  retryAt.map(at => ({ kind: 'lost' as const, ...at })),
  fc.tuple(reason, retryAt).map(([why, at]) => ({ kind: 'paused' as const, reason: why, ...at })),
  reason.map(why => ({ kind: 'resumed' as const, reason: why })),
  retryAt.map(at => ({ kind: 'failed' as const, code: 'FORBIDDEN' as const, message: 'no', ...at })),
  fc.nat(3).map(count => ({ kind: 'pending' as const, count })),
  heads.map(clock => ({ kind: 'acked' as const, clock })),
  fc.boolean().map(isRight => ({ kind: 'verified' as const, isRight })),
  fc.constantFrom('leader' as const, 'follower' as const).map(role => ({ kind: 'role' as const, role })),
)
const anyEvent = fc.oneof(
  { weight: 30, arbitrary: undetached },
  { weight: 1, arbitrary: fc.constant<StatusEvent>({ kind: 'detached' }) },
)

/** Every status on the way through the events, the first one included. */
function walk(events: readonly StatusEvent[], from: SyncStatus = INITIAL_STATUS): SyncStatus[] {
  const statuses = [from]
  for (const event of events) statuses.push(advanceStatus(statuses.at(-1) as SyncStatus, event))
  return statuses
}

function after(...events: StatusEvent[]): SyncStatus {
  return walk(events).at(-1) as SyncStatus
}

describe('the status of an attachment', () => {
  it('goes where the table says, and only what a pause leaves out differs', () => {
    const law = fc.property(fc.array(anyEvent, { maxLength: 30 }), events => {
      const statuses = walk(events)
      for (const [i, event] of events.entries()) {
        const [before, next] = statuses.slice(i) as [SyncStatus, SyncStatus]
        if (before.state === 'offline' && before.isDetached) continue
        if (event.kind === 'resumed' && next.state === 'paused') continue
        expect(next.state).toBe(TRANSITIONS[before.state][event.kind])
      }
    })
    fc.assert(law, { numRuns: runs(200) })
  })

  it('is a value that JSON carries and another tab accepts', () => {
    const law = fc.property(fc.array(anyEvent, { maxLength: 30 }), events => {
      for (const status of walk(events)) {
        expect(JSON.parse(JSON.stringify(status))).toStrictEqual(status)
        expect(isSyncStatus(status)).toBe(true)
      }
    })
    fc.assert(law, { numRuns: runs(100) })
  })

  it('is the same object where an event changes nothing', () => {
    const law = fc.property(fc.array(undetached, { maxLength: 30 }), undetached, (events, event) => {
      const once = after(...events, event)
      const twice = advanceStatus(once, structuredClone(event))
      expect(twice).toBe(once)
    })
    fc.assert(law, { numRuns: runs(200) })
  })

  it('is final once it was detached', () => {
    const law = fc.property(fc.array(anyEvent), fc.array(anyEvent), (before, later) => {
      const detached = after(...before, { kind: 'detached' })
      expect(detached).toMatchObject({ state: 'offline', isDetached: true })
      expect(walk(later, detached).every(status => status === detached)).toBe(true)
    })
    fc.assert(law, { numRuns: runs(100) })
  })

  it('adds up reasons to pause, removes them one by one, and goes on after the last', () => {
    const step = fc.record({ kind: fc.constantFrom('paused' as const, 'resumed' as const), reason })
    const law = fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const reasons = new Set<PauseReason>()
      let status = after({ kind: 'connect' })
      for (const event of steps) {
        status = advanceStatus(status, event)
        if (event.kind === 'paused') reasons.add(event.reason)
        else reasons.delete(event.reason)
        if (reasons.size === 0) expect(status.state).toBe('connecting')
        else expect(status).toMatchObject({ state: 'paused', reasons: [...reasons].sort() })
      }
    })
    fc.assert(law, { numRuns: runs(100) })
  })

  it('never shows less progress within one catching-up', () => {
    const law = fc.property(fc.array(undetached, { maxLength: 60 }), events => {
      const statuses = walk([{ kind: 'connect' }, ...events])
      for (const [i, status] of statuses.entries()) {
        if (status.state !== 'catching-up') continue
        const { done, total } = status.progress
        expect(done).toBeLessThanOrEqual(total)
        const before = statuses[i - 1]
        if (before?.state !== 'catching-up') continue
        expect(done).toBeGreaterThanOrEqual(before.progress.done)
        expect(total).toBeGreaterThanOrEqual(before.progress.total)
      }
    })
    fc.assert(law, { numRuns: runs(200) })
  })

  it('starts to count anew with each catching-up', () => {
    const first = after({ kind: 'connect' }, { kind: 'progress', done: 5, total: 9 }, { kind: 'caught-up' })
    expect(first.state).toBe('live')
    const second = advanceStatus(first, { kind: 'progress', done: 1, total: 3 })
    expect(second).toMatchObject({ state: 'catching-up', progress: { done: 1, total: 3 } })
  })

  it('keeps facts through every state, and the next try while the state lasts', () => {
    const status = after(
      { kind: 'acked', clock: ['a'] },
      { kind: 'verified', isRight: false },
      { kind: 'lost', retryAt: 7 },
      { kind: 'pending', count: 2 },
    )
    const facts = { pending: 2, acked: ['a'], verified: false, role: 'follower' }
    expect(status).toStrictEqual({ state: 'offline', isDetached: false, retryAt: 7, ...facts })
    expect(advanceStatus(status, { kind: 'connect' })).toStrictEqual({ state: 'connecting', ...facts })
    expect(advanceStatus(status, { kind: 'lost' })).toStrictEqual({
      state: 'offline',
      isDetached: false,
      ...facts,
    })
  })

  it('keeps a pause when the connection is lost, and an error until the next try', () => {
    const paused = after({ kind: 'paused', reason: 'too-large' }, { kind: 'lost', retryAt: 3 })
    expect(paused).toMatchObject({ state: 'paused', reasons: ['too-large'], retryAt: 3 })
    const failed = after({ kind: 'failed', code: 'GONE', message: 'gone' }, { kind: 'lost', retryAt: 3 })
    expect(failed).toMatchObject({ state: 'error', code: 'GONE', message: 'gone' })
    expect(failed).not.toHaveProperty('retryAt')
    expect(advanceStatus(failed, { kind: 'connect' }).state).toBe('connecting')
  })
})

describe('a status from another tab', () => {
  it('is refused when a field is missing, foreign or of another type', () => {
    const status: SyncStatus = { state: 'live', pending: 0, acked: ['a'], verified: true, role: 'leader' }
    expect(isSyncStatus(status)).toBe(true)
    const bad = [
      undefined,
      null,
      'live',
      {},
      { ...status, pending: -1 },
      { ...status, acked: [1] },
      { ...status, state: 'new' },
      { ...status, progress: { done: 1, total: 2 } },
      { ...status, state: 'catching-up' },
      { ...status, state: 'paused', reasons: ['bored'] },
      { ...status, state: 'error', code: 'NEW_CODE', message: '' },
    ]
    expect(bad.filter(isSyncStatus)).toEqual([])
  })
})
