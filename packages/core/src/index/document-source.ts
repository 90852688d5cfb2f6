import type { StoredDocument } from '../state/stored-document.js'

/** Where indexes get their documents from. */
export interface DocumentSource {
  /** The clock of the state that the documents and all changes noted so far make up. */
  readonly clock: readonly string[]
  /** All undeleted documents as of the call, in id order. */
  documents(): AsyncIterable<StoredDocument> | Iterable<StoredDocument>
}
