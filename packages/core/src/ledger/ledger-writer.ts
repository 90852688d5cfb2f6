import type { DocumentChange } from '../state/document-change.js'
import type { DocumentEntry } from '../state/leaf.js'
import type { View } from '../state/view.js'
import type { AppendOptions, CommitBatch } from './commit-batch.js'
import type { FoldBasis, FoldedState } from './folded-state.js'
import type { LedgerStore } from './ledger-store.js'
import type { ResetState } from './reset-state.js'

/** One swap of the view, told after the commits are durable. */
export interface LedgerEvent {
  readonly view: View
  readonly changes: readonly DocumentChange[]
  /** The documents that were written to, with their leaves now; `undefined` where the view goes on from another snapshot. */
  readonly touched?: readonly DocumentEntry[] | undefined
}

/** What holds the ledger may do while nobody else appends. */
export interface LedgerWriter {
  readonly view: View
  readonly store: LedgerStore
  /** Makes the batch durable, applies it and tells the listeners. */
  append(batch: CommitBatch, options?: AppendOptions): Promise<void>
  /** Takes in what other tabs and processes committed. */
  refresh(): Promise<void>
  /** What can be folded into a snapshot now. */
  capture(): Promise<FoldBasis>
  /**
   * Puts a snapshot in the place of the records it stands for, in one step. `STALE`, and nothing is written, when
   * another tab or process wrote one meanwhile.
   */
  fold(folded: FoldedState): Promise<void>
  /** Puts another state in the place of all that is stored, in one step. `STALE`, as {@link LedgerWriter.fold}, after any write. */
  reset(next: ResetState): Promise<void>
}
