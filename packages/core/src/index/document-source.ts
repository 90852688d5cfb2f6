import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { DocumentChange } from '../state/document-change.js'
import type { StoredDocument } from '../state/stored-document.js'

/** Finds the undeleted documents of one moment by id. */
export type DocumentFinder = (id: string) => MaybePromise<StoredDocument | undefined>

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
}
