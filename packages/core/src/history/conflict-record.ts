import type { StoredDocument } from '../state/stored-document.js'

/** A document with versions that were written apart, the winner first. */
export interface ConflictRecord {
  readonly id: string
  /** At least two; the winner first. */
  readonly versions: readonly VersionRecord[]
  /** The newest version that all of them come from, where its content is at hand. */
  readonly base: VersionRecord | undefined
  /** The fields in which the versions differ, as paths. */
  readonly fields: readonly string[]
}

/** One version of a document, with its content. */
export interface VersionRecord {
  /** `undefined` for a deletion. */
  readonly document: StoredDocument | undefined
  /** The commit that made it, as a clock. */
  readonly clock: readonly string[]
  /** Base64url. */
  readonly author: string
  readonly time: number
}
