import type { CompactReport } from '../compact/compactor.js'
import type { Progress } from '../primitives/progress.js'
import type { Remote } from '../protocol/remote.js'
import type {
  AllDocsOptions,
  AllDocsResult,
  FieldPath,
  FieldsValue,
  FieldValue,
  IndexKey,
  LiveQuery,
  MapFunction,
  QueryOptions,
  QueryResult,
} from '../query/query-types.js'
import type { StorageInfo } from '../storage/storage.js'

/** A document as it is stored: what you put, with its `_id`. */
export type Stored<D> = D & { _id: string }

/** What `put` takes: a document with or without `_id` (one is made when it is missing). */
export type Draft<D> = D & { _id?: string }

/** Any plain document, for databases that are not typed. */
// biome-ignore lint/suspicious/noExplicitAny: untyped documents are open on purpose, as JSON.parse is
export type AnyDocument = Record<string, any>

/** What a subscriber is told of a deletion. */
export interface Deleted {
  readonly _id: string
  readonly _deleted: true
}

/** A document that changed: as it is now, or that it is deleted. Untyped documents stay untyped. */
export type Changed<D> = string extends keyof D ? Stored<D> : Stored<D> | Deleted

/**
 * A moment in the history of a database: the text CIDs of its newest commits, sorted by CID bytes. Immutable;
 * equal clocks are equal states on every replica.
 */
export type Clock = readonly string[]

export interface PutOptions {
  /** The clock the edit was made at: the put supersedes the winner of that moment, and what came since stays visible as a conflict. */
  readonly basedOn?: Clock
  /** What to do when the document changed since `basedOn` (or since this call): keep both, or reject with `STALE`. Default `conflict`. */
  readonly ifStale?: 'conflict' | 'fail'
  /** Withdraws the put while it is still queued; it then rejects with `ABORTED`. */
  readonly signal?: AbortSignal
}

export interface PutResult {
  readonly id: string
  readonly clock: Clock
}

export interface BulkResult {
  readonly ids: readonly string[]
  readonly clock: Clock
}

/** What `transact` gives its function: reads of one moment, and writes that become one commit. */
export interface Transaction<D> {
  /** The document as the transaction sees it, its own writes included; `undefined` when missing. */
  find(id: string): Promise<Stored<D> | undefined>
  /** As `find`, but rejects with `NOT_FOUND`. */
  get(id: string): Promise<Stored<D>>
  put(doc: Draft<D>): { readonly id: string }
  del(id: string): void
}

export interface TransactOptions {
  /** Milliseconds the function may take, per attempt, before it is given up with `ABORTED`. Default 5,000. */
  readonly timeLimit?: number
}

export interface ChangeRow<D> {
  /** The id of the document that changed. */
  readonly key: string
  readonly id: string
  readonly value: Changed<D>
  /** The document as it is shown after this change. */
  readonly doc: Changed<D>
  /** Continue here: `changes(row.clock)` yields what follows this row's commit. */
  readonly clock: Clock
}

export interface ChangesResult<D> {
  readonly rows: readonly ChangeRow<D>[]
  readonly docs: readonly Changed<D>[]
  /** Pass it to the next call; it names everything delivered so far. */
  readonly clock: Clock
}

export interface ChangesOptions {
  /** Stop at the first commit boundary at or after this many rows. */
  readonly limit?: number
}

/** One document with versions that were written apart and not yet resolved. */
export interface Conflict<D> {
  readonly id: string
  /** The version every replica shows. */
  readonly winner: ConflictVersion<D>
  /** All versions, the winner first. */
  readonly versions: readonly ConflictVersion<D>[]
}

export interface ConflictVersion<D> {
  readonly doc: Changed<D>
  readonly clock: Clock
}

export interface WorkOptions {
  /** Called now and then while the work goes on. */
  readonly onProgress?: (progress: Progress) => void
  /** Gives the work up: it rejects with `ABORTED`. Documents are as they were; of what was to be erased a part may be. */
  readonly signal?: AbortSignal
}

export interface PruneOptions extends WorkOptions {
  /** Up to which clock, or moment (by the clocks of those who wrote), history is dropped. */
  readonly before: Clock | Date
}

export type Listener<D> = (changes: Changed<D>[]) => void

/** An attached remote. Detaching stops the exchange and leaves the data on both sides. */
export interface Attachment {
  /** Resolves when everything local is acknowledged and everything there was read. */
  synced(): Promise<void>
  detach(): Promise<void>
}

export interface Identity {
  /** The lineage id: equal on all replicas of this database. */
  readonly database: string
  /** The public key, base64url, under which this device signs its commits. */
  readonly author: string
}

/**
 * A handle on a database. Handles of one name in one page share an engine; each is closed by itself.
 *
 * Writes take effect in the order issued, awaited or not; a read waits for the writes issued before it.
 */
export interface Database<D extends object = AnyDocument> extends AsyncDisposable {
  readonly name: string

  put(doc: Draft<D>, options?: PutOptions): Promise<PutResult>
  bulk(docs: readonly Draft<D>[]): Promise<BulkResult>
  del(id: string, options?: PutOptions): Promise<PutResult>
  /** Alias of `del`. */
  remove(id: string, options?: PutOptions): Promise<PutResult>
  update(
    id: string,
    change: (doc: Stored<D> | undefined) => Draft<D> | Promise<Draft<D>>,
    options?: TransactOptions,
  ): Promise<PutResult>
  transact<T>(change: (tx: Transaction<D>) => T | Promise<T>, options?: TransactOptions): Promise<T>

  get(id: string): Promise<Stored<D>>
  find(id: string): Promise<Stored<D> | undefined>
  has(id: string): Promise<boolean>
  allDocs(options?: AllDocsOptions): Promise<AllDocsResult<D>>
  query<F extends FieldPath<D>>(
    field: F,
    options?: QueryOptions<FieldValue<D, F>>,
  ): Promise<QueryResult<D, FieldValue<D, F>, null>>
  query<const F extends readonly FieldPath<D>[]>(
    fields: F,
    options?: QueryOptions<FieldsValue<D, F>>,
  ): Promise<QueryResult<D, FieldsValue<D, F>, null>>
  query<K extends IndexKey, V = null>(
    map: MapFunction<D, K, V>,
    options?: QueryOptions<K>,
  ): Promise<QueryResult<D, K, V>>
  /** How many rows a query would return, without reading them. */
  count<F extends FieldPath<D>>(field: F, options?: QueryOptions<FieldValue<D, F>>): Promise<number>
  count<const F extends readonly FieldPath<D>[]>(
    fields: F,
    options?: QueryOptions<FieldsValue<D, F>>,
  ): Promise<number>
  count<K extends IndexKey, V = null>(map: MapFunction<D, K, V>, options?: QueryOptions<K>): Promise<number>
  changes(since?: Clock, options?: ChangesOptions): Promise<ChangesResult<D>>
  conflicts(): AsyncIterable<Conflict<D>> & { toArray(): Promise<Conflict<D>[]> }
  clock(): Promise<Clock>

  subscribe(listener: Listener<D>): () => void
  live<F extends FieldPath<D>>(
    field: F,
    options?: QueryOptions<FieldValue<D, F>>,
  ): LiveQuery<D, FieldValue<D, F>, null>
  live<const F extends readonly FieldPath<D>[]>(
    fields: F,
    options?: QueryOptions<FieldsValue<D, F>>,
  ): LiveQuery<D, FieldsValue<D, F>, null>
  live<K extends IndexKey, V = null>(map: MapFunction<D, K, V>, options?: QueryOptions<K>): LiveQuery<D, K, V>

  /**
   * Folds all commits into a snapshot and writes what is stored anew, as small as it gets. Done in the background
   * as well (option `autoCompact`). Nothing is lost by it, not even history (L10).
   */
  compact(options?: WorkOptions): Promise<CompactReport>
  /**
   * Erases, on this device, the contents of versions that were superseded up to a bound: reading them fails with
   * `PRUNED` then. Commits and signatures stay, and so does everything that was shown at the bound or is now.
   * See `docs/retention.md`.
   */
  prune(options: PruneOptions): Promise<CompactReport>
  /**
   * Deletes a document and erases the contents of all its versions, here before it resolves and on other replicas
   * when the deletion reaches them. Of a missing document nothing is written.
   */
  purge(id: string): Promise<PutResult>

  attach(remote: Remote): Attachment
  identity(): Promise<Identity>
  exportKey(): Promise<string>
  storageInfo(): Promise<StorageInfo>
  persist(): Promise<boolean>
  close(): Promise<void>
  destroy(): Promise<void>
}
