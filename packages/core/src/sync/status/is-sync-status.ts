import { either, listOf, oneOf, record, type Shape, text, wholeNumber } from '../../protocol/shape.js'
import { MEANING_BY_CODE } from './event-of-error.js'
import type { PauseReason, SyncState, SyncStatus } from './sync-status.js'

const MAX_HEADS = 100_000
const REASONS: Readonly<Record<PauseReason, true>> = {
  'rate-limited': true,
  'remote-full': true,
  'storage-failed': true,
  'storage-full': true,
  'too-large': true,
}

/** Whether a value is a status. Another tab may run another version of the page, so what it sends is checked. */
export function isSyncStatus(value: unknown): value is SyncStatus {
  return STATUS(value)
}

const isTime: Shape = value => typeof value === 'number' && Number.isFinite(value)
const FLAG = oneOf(true, false)
const PROGRESS = record({ done: wholeNumber(), total: wholeNumber() })

const FIELDS_BY_STATE: Readonly<Record<SyncState['state'], Readonly<Record<string, Shape>>>> = {
  offline: { isDetached: FLAG, retryAt: isTime },
  connecting: {},
  'catching-up': { progress: PROGRESS },
  live: {},
  paused: { reasons: listOf(oneOf(...Object.keys(REASONS)), 8), retryAt: isTime },
  error: { code: oneOf(...Object.keys(MEANING_BY_CODE)), message: text(100_000), retryAt: isTime },
}

const STATUS = either(
  ...Object.entries(FIELDS_BY_STATE).map(([state, fields]) =>
    record(
      {
        state: oneOf(state),
        ...fields,
        pending: wholeNumber(),
        acked: listOf(text(256), MAX_HEADS),
        verified: FLAG,
        role: oneOf('leader', 'follower'),
      },
      ['verified', 'retryAt'],
    ),
  ),
)
