import type { Ledger } from '../../ledger/ledger.js'

/** A replica for a while, apart from the user's storage: the log is replayed in it. */
export interface Scratch {
  /** It exists, and is empty. */
  readonly ledger: Ledger
  /** Folds what was appended, so that it is in memory no more. */
  compact(signal: AbortSignal | undefined): Promise<void>
  /** Leaves nothing. */
  close(): Promise<void>
}
