import { type FirekeepErrorCode, toFirekeepError } from '../../errors.js'
import type { StatusEvent } from './status-event.js'
import type { PauseReason } from './sync-status.js'

/** What may be mended elsewhere without our hearing of it is tried again, but not sooner than after a minute. */
const LATE_MILLISECONDS = 60_000

/**
 * What an error of an exchange means for the status: come back soon, later, or not until somebody acts.
 * `LIMIT_EXCEEDED` is `rate-limited` where it carries `details.retryAfter`, `remote-full` where `details.limit` is
 * `'database'`, else `too-large`. An error that is none of ours is a bug, shown as `INTERNAL`.
 */
export function eventOfError(error: unknown, { now, wait }: NextTry): StatusEvent {
  const { code, message, details } = toFirekeepError(error)
  const retryAt = now + Math.max(wait, retryAfterOf(details))
  const late = Math.max(retryAt, now + LATE_MILLISECONDS)
  const meaning = MEANING_BY_CODE[code] ?? 'stop'
  switch (meaning) {
    case 'retry':
      return { kind: 'lost', retryAt }
    case 'retry-late':
      return { kind: 'failed', code, message, retryAt: late }
    case 'stop':
      return { kind: 'failed', code, message }
    case 'end':
      return { kind: 'lost' }
    case 'limit':
      return pauseOfLimit(details, { retryAt, late })
    default:
      return { kind: 'paused', reason: meaning, retryAt }
  }
}

/** When the next try would come by itself. */
export interface NextTry {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds, of the backoff. */
  readonly wait: number
}

type Meaning = 'retry' | 'retry-late' | 'stop' | 'end' | 'limit' | PauseReason

/** `end`: the exchange was called off, and who did so says what comes next. */
export const MEANING_BY_CODE: Readonly<Record<FirekeepErrorCode, Meaning>> = {
  REMOTE_UNAVAILABLE: 'retry',
  REMOTE_ROLLED_BACK: 'retry',
  // Others write at the same time, or a blob went while it was listed.
  STALE: 'retry',
  BLOCK_MISSING: 'retry',
  FILE_UNAVAILABLE: 'retry',
  UNAUTHORIZED: 'retry-late',
  FORBIDDEN: 'retry-late',
  CORRUPT: 'retry-late',
  INVALID_COMMIT: 'retry-late',
  NOT_FOUND: 'retry-late',
  INTERNAL: 'retry-late',
  // One bit of a version is soon another; and what a newer client wrote may be read after an upgrade.
  UNSUPPORTED_FORMAT: 'retry-late',
  ABORTED: 'end',
  CLOSED: 'end',
  LIMIT_EXCEEDED: 'limit',
  QUOTA_EXCEEDED: 'storage-full',
  STORAGE_FAILED: 'storage-failed',
  GONE: 'stop',
  DATABASE_MISMATCH: 'stop',
  WRONG_KEY: 'stop',
  KEY_MISSING: 'stop',
  READ_ONLY: 'stop',
  INSECURE_CONTEXT: 'stop',
  INVALID_DOCUMENT: 'stop',
  INVALID_QUERY: 'stop',
  INVALID_OPTION: 'stop',
  NO_DATABASE: 'stop',
  UNKNOWN_CLOCK: 'stop',
  PRUNED: 'stop',
  ILLEGAL_TRANSITION: 'stop',
  UNSYNCED: 'stop',
}

function pauseOfLimit(
  details: Readonly<Record<string, unknown>>,
  { retryAt, late }: { readonly retryAt: number; readonly late: number },
): StatusEvent {
  if (retryAfterOf(details) > 0) return { kind: 'paused', reason: 'rate-limited', retryAt }
  // An operator may raise a limit.
  return { kind: 'paused', reason: details.limit === 'database' ? 'remote-full' : 'too-large', retryAt: late }
}

function retryAfterOf({ retryAfter }: Readonly<Record<string, unknown>>): number {
  return typeof retryAfter === 'number' && Number.isFinite(retryAfter) ? Math.max(retryAfter, 0) : 0
}
