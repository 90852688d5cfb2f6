import type { FirekeepError } from '../../errors.js'
import type { Changed, Clock, Draft } from '../document-types.js'
import type { Listing } from './history-types.js'

/** One document with versions that were written apart and not yet resolved. */
export interface Conflict<D> {
  readonly id: string
  /** The version every replica shows. */
  readonly winner: ConflictVersion<D>
  /** All versions, the winner first. */
  readonly versions: readonly ConflictVersion<D>[]
  /** The newest version that all of them come from; missing where there is none, or its content was erased. */
  readonly base?: ConflictVersion<D>
  /**
   * The fields in which the versions differ, as paths such as `address.city`, `_files.photo.png`; `_deleted` where some of
   * them are deletions, of which there is nothing else to compare.
   */
  readonly fields: readonly string[]
}

export interface ConflictVersion<D> {
  readonly doc: Changed<D>
  readonly clock: Clock
  /** The public key, base64url, of the device that wrote it. */
  readonly author: string
  /** Milliseconds since 1970 by the author's clock. */
  readonly time: number
}

/** Conflicts one by one, all at once, or as they come and go. */
export interface ConflictListing<D> extends Listing<Conflict<D>> {
  live(): LiveConflicts<D>
}

/** The unresolved conflicts, kept up to date; for `useSyncExternalStore` and the like. */
export interface LiveConflicts<D> {
  /** The same array while nothing changes, and the same conflicts where they did not change; `undefined` until the first were read. */
  getSnapshot(): readonly Conflict<D>[] | undefined
  /** Why they could not be read at last: what was read before stays, and it is tried again when something changes. */
  getError(): FirekeepError | undefined
  subscribe(listener: () => void): () => void
  close(): void
}

/**
 * What a conflict becomes: a document, a deletion, or a choice by what the versions are at that moment. The `_id` may be left
 * out; another one is `INVALID_DOCUMENT`. A function has five seconds, as that of `transact`.
 */
export type Resolution<D> =
  | Resolved<D>
  | ((versions: readonly ConflictVersion<D>[]) => Resolved<D> | null | PromiseLike<Resolved<D> | null>)

/** What a document becomes, or that it is deleted. */
export type Resolved<D> = Draft<D> | { readonly _id: string; readonly _deleted: true }

export interface ResolveOptions {
  /** What the decision was made on: the clocks of the versions that were seen, joined, or any clock. Versions that are not in it stay. Default: now. */
  readonly basedOn?: Clock
}
