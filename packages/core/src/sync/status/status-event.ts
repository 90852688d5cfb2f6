import type { FirekeepErrorCode } from '../../errors.js'
import type { PauseReason, SyncRole } from './sync-status.js'

/** What happens to an attachment, as far as its status tells. Times are milliseconds since 1970. */
export type StatusEvent =
  /** A try begins. Ends `offline` and `error`, but no pause. */
  | { readonly kind: 'connect' }
  /** So many of the entries that were to read when it began to catch up were read. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  /** The log was read to its end. */
  | { readonly kind: 'caught-up' }
  /** The remote cannot be reached; the next try comes at `retryAt`, or when there is a network again. */
  | { readonly kind: 'lost'; readonly retryAt?: number }
  | { readonly kind: 'paused'; readonly reason: PauseReason; readonly retryAt?: number }
  /** A reason to pause is gone. */
  | { readonly kind: 'resumed'; readonly reason: PauseReason }
  | {
      readonly kind: 'failed'
      readonly code: FirekeepErrorCode
      readonly message: string
      readonly retryAt?: number
    }
  /** Nothing comes after it. */
  | { readonly kind: 'detached' }
  | { readonly kind: 'pending'; readonly count: number }
  | { readonly kind: 'acked'; readonly clock: readonly string[] }
  | { readonly kind: 'verified'; readonly isRight: boolean }
  | { readonly kind: 'role'; readonly role: SyncRole }
