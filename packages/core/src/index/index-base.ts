import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { KeyRange, KeyWalk } from '../primitives/ordered-map.js'
import type { IndexDefinition } from './definition.js'
import type { IndexRow } from './index-entry.js'
import type { OverlayState } from './overlay.js'

/**
 * The stored part of an index: the rows of all documents as of a clock. Immutable; read page by page.
 *
 * What cannot be read fails with `BLOCK_MISSING` or `CORRUPT`: the index is made anew then, as it holds nothing
 * that the documents do not.
 */
export interface IndexBase {
  /** The clock it covers; empty while an index is being built. */
  readonly heads: readonly string[]
  /** How many rows it has. */
  readonly size: number
  /** Rows left out of it: keys that are none, and documents that could not be decoded or mapped. */
  readonly skipped: number
  /** Whether the map function that asks for it has the source text of the one that made it. */
  readonly isSameSource: boolean
  /**
   * The rows of a range in the order of the walk, a page at a time; no page is read before it is asked for. A row
   * is the same object while its page is in memory.
   */
  pages(walk: KeyWalk): AsyncIterable<readonly IndexRow[]>
  /** How many rows a range holds, without reading them. */
  count(range: KeyRange): MaybePromise<number>
  /** What these documents left in the index, in the order of the ids; `undefined` for nothing. */
  traces(ids: readonly string[]): MaybePromise<readonly (BaseTrace | undefined)[]>
  /** Ids of documents from all over the index, and some that have no row in it. */
  sample(count: number): Promise<readonly string[]>
}

/** What one document left in an index. */
export interface BaseTrace {
  /** Where its rows stand, in the order they were emitted. */
  readonly entryKeys: readonly string[]
  /** Its rows that were left out. */
  readonly skipped: number
}

/** What is folded into a stored index. */
export interface IndexFold {
  readonly definition: IndexDefinition
  readonly base: IndexBase | undefined
  /** Rows and traces of all documents that changed since `base`. */
  readonly overlay: OverlayState
  /** The clock of the result; `undefined` for a part of a build, which is of use to this session only. */
  readonly heads: readonly string[] | undefined
  /** Documents without rows, for `sample`. */
  readonly unindexed: readonly string[]
  /** Called now and then, so that long work gives way to others. */
  readonly breathe: () => MaybePromise<void>
}

/** Keeps the stored parts of indexes. */
export interface IndexStore {
  /** The stored part of this index; `undefined` when there is none or it cannot be used. */
  load(definition: IndexDefinition): Promise<IndexBase | undefined>
  /**
   * What is stored after a part turned out to be damaged: what another tab stored since, else nothing, and the
   * damaged part is removed.
   */
  recover(definition: IndexDefinition, damaged: IndexBase): Promise<IndexBase | undefined>
  /**
   * Makes and stores a new part. `CORRUPT` or `BLOCK_MISSING` when `base` is damaged; `QUOTA_EXCEEDED` and
   * `STORAGE_FAILED` when it cannot be stored, and then what was stored is as before.
   */
  fold(fold: IndexFold): Promise<IndexBase>
}
