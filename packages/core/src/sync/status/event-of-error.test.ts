import { describe, expect, it } from 'vitest'
import { FirekeepError, type FirekeepErrorCode } from '../../errors.js'
import { eventOfError, MEANING_BY_CODE } from './event-of-error.js'

const soon = { now: 1_000_000, wait: 500 }
const codes = Object.keys(MEANING_BY_CODE) as FirekeepErrorCode[]

function eventOf(code: FirekeepErrorCode, details: Record<string, unknown> = {}) {
  return eventOfError(new FirekeepError(code, 'why', { details }), soon)
}

describe('an error of an exchange', () => {
  it('has a meaning for every code, and no try comes sooner than the backoff says', () => {
    for (const code of codes) {
      const event = eventOf(code)
      expect(['lost', 'failed', 'paused']).toContain(event.kind)
      if ('retryAt' in event) expect(event.retryAt).toBeGreaterThanOrEqual(soon.now + soon.wait)
    }
  })

  it('is tried again soon when the remote cannot be reached, or when the remote says', () => {
    expect(eventOf('REMOTE_UNAVAILABLE')).toEqual({ kind: 'lost', retryAt: 1_000_500 })
    expect(eventOf('REMOTE_UNAVAILABLE', { retryAfter: 9000 })).toEqual({ kind: 'lost', retryAt: 1_009_000 })
    expect(eventOf('REMOTE_UNAVAILABLE', { retryAfter: 'soon' })).toEqual({
      kind: 'lost',
      retryAt: 1_000_500,
    })
  })

  it('is tried again after a minute when somebody else may mend it', () => {
    const failed = { kind: 'failed', code: 'UNAUTHORIZED', message: 'why', retryAt: 1_060_000 }
    expect(eventOf('UNAUTHORIZED')).toEqual(failed)
    expect(eventOfError(new TypeError('a bug'), soon)).toMatchObject({ kind: 'failed', code: 'INTERNAL' })
  })

  it('is not tried again by itself when nothing but a person mends it', () => {
    for (const code of ['GONE', 'DATABASE_MISMATCH', 'WRONG_KEY', 'KEY_MISSING'] as const) {
      expect(eventOf(code)).toStrictEqual({ kind: 'failed', code, message: 'why' })
    }
  })

  it('pauses for limits of either side', () => {
    const pause = (reason: string) => ({ kind: 'paused', reason })
    const late = { retryAt: 1_060_000 }
    expect(eventOf('LIMIT_EXCEEDED')).toStrictEqual({ ...pause('too-large'), ...late })
    expect(eventOf('LIMIT_EXCEEDED', { limit: 'database' })).toStrictEqual({
      ...pause('remote-full'),
      ...late,
    })
    const limited = eventOf('LIMIT_EXCEEDED', { retryAfter: 2000 })
    expect(limited).toEqual({ ...pause('rate-limited'), retryAt: 1_002_000 })
    expect(eventOf('QUOTA_EXCEEDED')).toEqual({ ...pause('storage-full'), retryAt: 1_000_500 })
    expect(eventOf('STORAGE_FAILED')).toEqual({ ...pause('storage-failed'), retryAt: 1_000_500 })
  })

  it('sets no time when the exchange was called off', () => {
    expect(eventOf('ABORTED')).toStrictEqual({ kind: 'lost' })
  })

  it('keeps its meaning when another copy of the package threw it', () => {
    const foreign = Object.assign(new Error('gone'), { name: 'FirekeepError', code: 'GONE', details: {} })
    expect(eventOfError(foreign, soon)).toMatchObject({ kind: 'failed', code: 'GONE' })
  })
})
