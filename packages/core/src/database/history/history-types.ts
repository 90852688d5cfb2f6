import type { Changed, Clock } from '../document-types.js'

/** A read at an earlier moment: `UNKNOWN_CLOCK` where this database does not have it, `PRUNED` where its contents were erased. */
export interface AsOfOptions {
  /** The moment: a clock from `put`, `clock()`, a change row or an entry of the history. Default: now. */
  readonly asOf?: Clock
}

export interface HistoryOptions {
  /** Continue behind this entry: the `clock` of one that was listed, of the same call. */
  readonly after?: Clock
  /** At most so many entries. */
  readonly limit?: number
  readonly signal?: AbortSignal
}

/** One version of one document. */
export interface HistoryVersion<D> {
  /** The moment of this version: what `asOf` takes, and `resolve`. */
  readonly clock: Clock
  /**
   * The document as this version made it, the caller's own; `{ _id, _deleted: true }` where it deletes, `undefined` where
   * its content was erased (`PRUNED` elsewhere) or does not decode (`CORRUPT`).
   */
  readonly doc: Changed<D> | undefined
  /** The public key, base64url, of the device that wrote it, as `identity` tells it there. */
  readonly author: string
  /** Milliseconds since 1970 by the author's clock: a remark, it decides nothing. */
  readonly time: number
  /** The versions it was made from, as clocks: none for the first, several where it resolved a conflict. */
  readonly parents: readonly Clock[]
  /** Whether the document shows this version now. */
  readonly current: boolean
}

/** One commit. */
export interface HistoryCommit {
  readonly clock: Clock
  readonly author: string
  readonly time: number
  /** The documents it touched. */
  readonly ids: readonly string[]
  /** The commits it was made from. */
  readonly parents: readonly Clock[]
}

/** Something long, one by one or at once. Each iteration reads anew. */
export interface Listing<T> extends AsyncIterable<T> {
  toArray(): Promise<T[]>
}

/** What happened, newest first, and a way to hear of more. */
export interface HistoryListing<T> extends Listing<T> {
  /**
   * Calls `listener` when commits came that may be part of it, also those that change nothing that is shown, and after
   * the database was folded. Ends with what is returned, or with the handle.
   */
  subscribe(listener: () => void): () => void
}
