import type { CompactReport } from '../compact/compactor.js'
import type { FirekeepError } from '../errors.js'
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
import type { SyncStatus } from '../sync/status/sync-status.js'

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

export interface AttachOptions {
  /**
   * Whether a new device that began with a snapshot of the remote loads all of it in the background. `false`: only
   * what is read, when it is read. Default `true`.
   */
  readonly prefetch?: boolean
  /** The id of the database that the remote is meant for, as `identity` tells it: `DATABASE_MISMATCH` if this is another. */
  readonly database?: string
  /** Hears of what was wrong with entries of the remote, or with the remote. Default: an uncaught error. */
  readonly onError?: (error: FirekeepError) => void
}

/** An attached remote. Detaching stops the exchange and leaves the data on both sides. */
export interface Attachment {
  /** How it stands at this moment; the same object while nothing changes. */
  readonly status: SyncStatus
  /** Calls `listener` when the status changes. */
  subscribe(listener: () => void): () => void
  /**
   * Resolves when everything local is acknowledged and everything there was read. Tries at once, and rejects when
   * that fails: with `REMOTE_UNAVAILABLE` when it cannot be reached.
   */
  synced(): Promise<void>
  /**
   * Deletes all that the remote has of this database, for good and for everybody: from then on it answers every device
   * with `GONE`. What devices have stays there. `FORBIDDEN` without the right to write.
   */
  deleteRemote(): Promise<void>
  detach(): Promise<void>
}

/** How one attached remote stands. */
export type RemoteStatus = SyncStatus & {
  /** The id of the remote. */
  readonly remote: string
}

/** How the attached remotes of a database stand, for `useSyncExternalStore` and the like. */
export interface SyncStatusSource {
  /** One for each attached remote; the same array while nothing changes. */
  getSnapshot(): readonly RemoteStatus[]
  subscribe(listener: () => void): () => void
}

export interface Identity {
  /** The lineage id: equal on all replicas of this database. */
  readonly database: string
  /** The public key, base64url, under which this device signs its commits; `undefined` where one may only read. */
  readonly author: string | undefined
  /** What one may do with it here. */
  readonly permission: 'read' | 'write'
}

export interface ExportKeyOptions {
  /** Which right the key gives. Default: the one that is here. */
  readonly permission?: 'read' | 'write'
}

/**
 * A handle on a database. Handles of one name in one page share an engine; each is closed by itself.
 *
 * Writes take effect in the order issued, awaited or not; a read waits for the writes issued before it. Of a database
 * that one may only read every write fails with `READ_ONLY`, whatever else is wrong with it, and nothing is made.
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

  /**
   * Exchanges changes with a remote from now on, in the background, as long as this handle is open. Attaching the same
   * remote again, here or by another handle, shares what is there.
   */
  attach(remote: Remote, options?: AttachOptions): Attachment
  readonly syncStatus: SyncStatusSource
  /** Which database this is and what one may do with it here. Makes the database if it does not exist. */
  identity(): Promise<Identity>
  /**
   * The secret of the database as text: 43 characters that let somebody read and write, or 86 that let him read. It
   * is what option `key` takes. Keep it like a password. `FORBIDDEN` when it would give more than is here.
   */
  exportKey(options?: ExportKeyOptions): Promise<string>
  storageInfo(): Promise<StorageInfo>
  persist(): Promise<boolean>
  close(): Promise<void>
  destroy(): Promise<void>
}
