/** The public types of queries: what they take and what they give. */
import type { IndexKey } from '../codec/index-key.js'
import type { FirekeepError } from '../errors.js'
import type { MapFunction as IndexMapFunction } from '../index/map-function.js'
import type { Progress } from '../primitives/progress.js'

export type { IndexKey } from '../codec/index-key.js'
export type { Emit } from '../index/map-function.js'
export type { FieldPath, FieldsValue, FieldValue } from './field-path.js'

type WithId<D> = D & { _id: string }

/** A map function over the documents of a database; see {@link IndexMapFunction} for its rules. */
export type MapFunction<D, K = IndexKey, V = unknown> = IndexMapFunction<WithId<D>, K, V>

/**
 * Which rows of an index to read. At most one of `key`, `keys`, `range` and `prefix`; an option that is
 * `undefined` counts as absent; `0`, `''`, `false` and `null` are keys as any other.
 */
export interface QueryOptions<K = IndexKey> {
  /** Rows with this key. */
  readonly key?: K | undefined
  /** Rows with one of these keys, in index order; a key that is named twice counts once. */
  readonly keys?: readonly K[] | undefined
  /** Rows from one key to another, both inclusive. */
  readonly range?: readonly [from: K | KeyPrefix<K>, to: K | KeyPrefix<K>] | undefined
  /** Strings that start with this text, or array keys that start with these elements. */
  readonly prefix?: KeyPrefix<K> | undefined
  /** At most this many rows; `0` gives none. */
  readonly limit?: number | undefined
  /** From the last row to the first: reverses key, id and emit number alike. */
  readonly descending?: boolean | undefined
  /** Whether rows carry their document. Default `true`; without, nothing is decoded. */
  readonly includeDocs?: boolean | undefined
  /**
   * Continue behind this row of an earlier result. The row object itself continues exactly there; a copy of it
   * continues behind all rows of the same key and document.
   */
  readonly after?: RowPosition | undefined
  /** The moment to read at: a clock. What it finds then is fixed. Default: now. */
  readonly asOf?: readonly string[] | undefined
  /** Names a map function, so that a new function object with the same name and version shares its index. */
  readonly name?: string | undefined
  /** Raise it when the named function changes what it emits. */
  readonly version?: number | string | undefined
  /**
   * Gives up when it fires: the query rejects with `ABORTED`. A build of the index that others wait for too goes
   * on; one that nobody waits for any more stops.
   */
  readonly signal?: AbortSignal | undefined
  /** Hears how far the index is, now and then while it is built for the first time. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** What `prefix` takes for a kind of key: text for strings, the first elements for arrays. */
export type KeyPrefix<K> = K extends string
  ? string
  : K extends Uint8Array
    ? never
    : K extends readonly unknown[]
      ? number extends K['length']
        ? K
        : ElementPrefix<K>
      : never

type ElementPrefix<K extends readonly unknown[]> = K extends readonly [...infer Init, unknown]
  ? K | ElementPrefix<Readonly<Init>>
  : readonly []

/** Where a row stands; every row is one. */
export interface RowPosition {
  readonly key: unknown
  readonly id: string
}

/** One row of a query. */
export interface QueryRow<D, K = IndexKey, V = unknown> {
  readonly key: K
  /** The `_id` of the document. */
  readonly id: string
  /** What was emitted with the key, else `null`. */
  readonly value: V
  /** The document; missing with `includeDocs: false`. */
  readonly doc: WithId<D>
}

/** What a query answers. Rows and documents belong to the caller. */
export interface QueryResult<D, K = IndexKey, V = unknown> {
  readonly rows: QueryRow<D, K, V>[]
  /** The documents of the rows, in their order; empty with `includeDocs: false`. */
  readonly docs: WithId<D>[]
  /** The state that was read. */
  readonly clock: readonly string[]
  /** How many rows the whole index leaves out: keys that are none, documents that do not decode or map. */
  readonly skipped: number
}

/** Which documents to list, by id; the rules are those of {@link QueryOptions}. */
export interface AllDocsOptions {
  /** The moment to read at: a clock. Default: now. */
  readonly asOf?: readonly string[] | undefined
  readonly key?: string | undefined
  readonly keys?: readonly string[] | undefined
  readonly range?: readonly [from: string, to: string] | undefined
  readonly prefix?: string | undefined
  readonly limit?: number | undefined
  readonly descending?: boolean | undefined
  /** Whether deleted documents are listed too, as `{ _id, _deleted: true }`. Default `false`. */
  readonly includeDeleted?: boolean | undefined
  readonly after?: RowPosition | undefined
}

/** One row of `allDocs`; `Gone` is the type of deleted documents where they are asked for. */
export interface AllDocsRow<D, Gone = never> {
  readonly key: string
  readonly id: string
  readonly value: WithId<D> | Gone
  readonly doc: WithId<D> | Gone
}

export interface AllDocsResult<D, Gone = never> {
  readonly rows: AllDocsRow<D, Gone>[]
  readonly docs: (WithId<D> | Gone)[]
  readonly clock: readonly string[]
  /** Documents left out because they do not decode. */
  readonly skipped: number
}

/** What a live query shows. Shared and frozen: rows and documents keep their identity while nothing changes. */
export interface LiveSnapshot<D, K = IndexKey, V = unknown> {
  readonly rows: readonly QueryRow<D, K, V>[]
  readonly docs: readonly WithId<D>[]
  /** `error`: the query cannot be answered now; `rows` are the last known. */
  readonly status: 'loading' | 'ready' | 'error'
  readonly error: FirekeepError | undefined
  /** The state of the last change that touched the rows. */
  readonly clock: readonly string[]
  readonly skipped: number
}

/**
 * A query that keeps itself up to date. Starts at the first `subscribe`, stops after the last one is undone, and
 * starts again when there is a new one; until then it shows what it had.
 */
export interface LiveQuery<D, K = IndexKey, V = unknown> {
  /**
   * Calls `listener` after each change of the snapshot; returns what ends that. A listener that throws is
   * reported as an uncaught error and stops nobody. `CLOSED` after `close`.
   */
  readonly subscribe: (listener: (snapshot: LiveSnapshot<D, K, V>) => void) => () => void
  /** The same object until the data changes. Does no work. */
  readonly getSnapshot: () => LiveSnapshot<D, K, V>
  /** Ends all subscriptions. Idempotent. */
  readonly close: () => void
}
