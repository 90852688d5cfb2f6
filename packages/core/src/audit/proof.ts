/** Evidence that somebody wrote a version: authorship, not that it is the newest. */
export interface Proof {
  /** The commit block. */
  readonly commit: Uint8Array
  /** The content block; missing for a deletion. */
  readonly body?: Uint8Array
  /** The public keys of the database, whose id is made of them: they say that the author had the right to write. */
  readonly keys: {
    readonly write: Uint8Array
    readonly read: Uint8Array
  }
}
