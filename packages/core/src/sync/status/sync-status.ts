import type { FirekeepErrorCode } from '../../errors.js'

/**
 * How an attachment stands. A plain value that JSON carries: tabs send it to one another.
 *
 * | `state` | what it says |
 * |---|---|
 * | `offline` | nothing is tried: there is no network, the next try comes at `retryAt`, or it was detached |
 * | `connecting` | it tries to reach the remote |
 * | `catching-up` | it reads what happened meanwhile; `progress` counts entries of the log |
 * | `live` | the log was read to its end, and news come by themselves |
 * | `paused` | something of what has to be done cannot be done for now; see {@link PauseReason} |
 * | `error` | something that trying again soon does not mend; `code` says what to do |
 */
export type SyncStatus = SyncState & SyncFacts

export type SyncState =
  | {
      readonly state: 'offline'
      /** It was detached for good: the state changes no more. */
      readonly isDetached: boolean
      /** When the next try comes, in milliseconds since 1970. */
      readonly retryAt?: number
    }
  | { readonly state: 'connecting' }
  | { readonly state: 'catching-up'; readonly progress: SyncProgress }
  | { readonly state: 'live' }
  | {
      readonly state: 'paused'
      /** At least one, each once, sorted. */
      readonly reasons: readonly PauseReason[]
      readonly retryAt?: number
    }
  | {
      readonly state: 'error'
      readonly code: FirekeepErrorCode
      readonly message: string
      readonly retryAt?: number
    }

/** What is known in every state. */
export interface SyncFacts {
  /** Commits of this device that the remote has not acknowledged. */
  readonly pending: number
  /** The clock of what the remote is known to have. */
  readonly acked: readonly string[]
  /**
   * Whether the snapshot that this device started from proved right. Missing when it started from none, or while
   * the proof is under way.
   */
  readonly verified?: boolean
  /** Whether this tab talks to the remote, or another one of the same browser does it for this one. */
  readonly role: SyncRole
}

export type SyncRole = 'leader' | 'follower'

export interface SyncProgress {
  /** Entries of the log that were read; never falls during one catching-up. */
  readonly done: number
  /** Entries to read in all; grows when others append meanwhile. */
  readonly total: number
}

/**
 * Why it is paused. Several may hold at once; each ends by itself.
 *
 * | reason | what it says | what helps |
 * |---|---|---|
 * | `rate-limited` | the remote asked to come later | nothing; it goes on at `retryAt` |
 * | `remote-full` | the database has as many bytes as the remote takes | prune, or ask the operator for more |
 * | `storage-failed` | this device's storage refused for now | nothing; it is tried again |
 * | `storage-full` | this device has no room for what comes | delete something, or `persist` |
 * | `too-large` | a commit of this device is larger than the remote takes | ask the operator for a greater limit |
 */
export type PauseReason = 'rate-limited' | 'remote-full' | 'storage-failed' | 'storage-full' | 'too-large'

/** The status before anything was tried. */
export const INITIAL_STATUS: SyncStatus = {
  state: 'offline',
  isDetached: false,
  pending: 0,
  acked: [],
  role: 'follower',
}
