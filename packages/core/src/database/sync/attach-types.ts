import type { FirekeepError } from '../../errors.js'
import type { SyncStatus } from '../../sync/status/sync-status.js'
import type { Clock } from '../document-types.js'

export interface AttachOptions {
  /**
   * Whether a new device that began with a snapshot of the remote loads all of it in the background. `false`: only
   * what is read, when it is read. Default `true`.
   */
  readonly prefetch?: boolean
  /** The id of the database that the remote is meant for, as `identity` tells it: `DATABASE_MISMATCH` if this is another. */
  readonly database?: string
  /** Hears of what was wrong with entries of the remote, or with the remote. Default: an uncaught error. */
  readonly onError?: (error: FirekeepError) => void
}

/** An attached remote. Detaching stops the exchange and leaves the data on both sides. */
export interface Attachment {
  /** How it stands at this moment; the same object while nothing changes. */
  readonly status: SyncStatus
  /** Calls `listener` when the status changes. */
  subscribe(listener: () => void): () => void
  /**
   * Resolves when everything local is acknowledged and everything there was read. Tries at once, and rejects when
   * that fails: with `REMOTE_UNAVAILABLE` when it cannot be reached.
   */
  synced(): Promise<void>
  /**
   * Deletes all that the remote has of this database, for good and for everybody: from then on it answers every device
   * with `GONE`. What devices have stays there. `FORBIDDEN` without the right to write.
   */
  deleteRemote(): Promise<void>
  /**
   * Which of some commits stands first in the remote's log, of those that are there: the index in `clocks`. Only what is
   * acknowledged and was read back counts; `undefined` where none of them is. A commit that was read before this session
   * stands before all that came since. Not the order of the state, which no server decides: it says who may go on (jobs).
   * Where another tab talks to the remote, `undefined`.
   */
  firstOf(clocks: readonly Clock[]): Promise<number | undefined>
  detach(): Promise<void>
}

/** How one attached remote stands. */
export type RemoteStatus = SyncStatus & {
  /** The id of the remote. */
  readonly remote: string
}

/** How the attached remotes of a database stand, for `useSyncExternalStore` and the like. */
export interface SyncStatusSource {
  /** One for each attached remote; the same array while nothing changes. */
  getSnapshot(): readonly RemoteStatus[]
  subscribe(listener: () => void): () => void
}
