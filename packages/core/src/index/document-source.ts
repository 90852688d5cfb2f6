import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { DocumentChange } from '../state/document-change.js'
import type { StoredDocument } from '../state/stored-document.js'

/** Finds the undeleted documents of one moment by id. */
export type DocumentFinder = (id: string) => MaybePromise<StoredDocument | undefined>

/** The documents of an earlier moment, over the state that they were asked for in. */
export interface PastDocuments {
  readonly clock: readonly string[]
  /** Whether the documents that are otherwise in the later state are all there were. */
  readonly isWhole: boolean
  /** The documents that may be otherwise in the later state, as they were then, each once. */
  changes(): AsyncIterable<DocumentChange>
  /** An undeleted document of the moment. */
  shown: DocumentFinder
}

/** Where indexes get their documents from. */
export interface DocumentSource {
  /** The clock of the state that the documents and all changes noted so far make up. */
  readonly clock: readonly string[]
  /** How many undeleted documents there are, as far as that is known without counting them: for progress only. */
  readonly size?: number | undefined
  /** All undeleted documents as of the call, in id order. */
  documents(): AsyncIterable<StoredDocument> | Iterable<StoredDocument>
  /**
   * The documents whose winner is another one than at this clock, as of the call: each at least once, unchanged
   * ones may be among them. `undefined` when the clock names a commit that is not in the history.
   */
  changedSince(
    clock: readonly string[],
  ): Promise<AsyncIterable<DocumentChange> | Iterable<DocumentChange> | undefined>
  /** Finds documents of the state at the moment of this call, whatever changes afterwards (L6). */
  finder(): DocumentFinder
  /** An earlier moment, over the state at the moment of this call. `UNKNOWN_CLOCK` for what is not in the history. */
  at?(clock: readonly string[]): Promise<PastDocuments>
}
