import type { Origin } from '../commits/commit.js'
import type { View } from '../state/view.js'

/** What a call makes of one document. */
export interface WriteOperation {
  readonly id: string
  /** The encoded content as it stands in its block; `null` deletes. */
  readonly body: Uint8Array | null
  /** Deletes, and erases the content of all versions. */
  readonly purge?: true
  /** The names (digests) of the file packs that `body` refers to: ascending, each once. */
  readonly files?: readonly Uint8Array[]
  /** Where the content was picked up. */
  readonly origin?: Origin
}

/** A call that writes documents, on its way into a commit. A call is never split. */
export interface WriteRequest {
  readonly ops: readonly WriteOperation[]
  /** Bytes of all bodies: groups are cut by size. */
  readonly size: number
  /** The clock the caller says the edit was made at. */
  readonly basedOn?: readonly string[] | undefined
  /** Reject with `STALE` when a document is not as the caller saw it. */
  readonly failIfStale?: boolean | undefined
  /** Supersedes all leaves that the caller saw, as a deletion does: it ends a conflict. */
  readonly resolve?: true | undefined
  readonly signal?: AbortSignal | undefined
}

/** A request, with what its caller saw when it was made. */
export interface WriteCall extends WriteRequest {
  /** The view when the call was made; `undefined` while the database was still being opened. */
  readonly seen: View | undefined
}
