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
import type { AnyDocument, Changed, Clock, Draft, Stored } from './document-types.js'
import type {
  ByteSink,
  ByteSource,
  ExportOptions,
  ImportReport,
  Proof,
  VerifyReport,
} from './exchange/exchange-types.js'
import type { Difference, ForkOptions, MergeOptions, MergeResult } from './fork/fork-types.js'
import type { ConflictListing, Resolution, ResolveOptions } from './history/conflict-types.js'
import type {
  AsOfOptions,
  HistoryCommit,
  HistoryListing,
  HistoryOptions,
  HistoryVersion,
  Listing,
} from './history/history-types.js'
import type { Attachment, AttachOptions, SyncStatusSource } from './sync/attach-types.js'

export interface PutOptions {
  /** The clock the edit was made at: the put supersedes the winner of that moment, and what came since stays visible as a conflict. */
  readonly basedOn?: Clock
  /** What to do when the document changed since `basedOn` (or since this call): keep both, or reject with `STALE`. Default `conflict`. */
  readonly ifStale?: 'conflict' | 'fail'
  /** Withdraws the put while it is still queued; it then rejects with `ABORTED`. */
  readonly signal?: AbortSignal
  /** Called while attachments are stored, with bytes of them. */
  readonly onProgress?: (progress: Progress) => void
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
  /** Gives it up: it rejects with `ABORTED`. */
  readonly signal?: AbortSignal
}

export interface WorkOptions {
  /** Called now and then while the work goes on. */
  readonly onProgress?: (progress: Progress) => void
  /** Gives the work up: it rejects with `ABORTED`. Documents are as they were; of what was to be erased a part may be. */
  readonly signal?: AbortSignal
}

export interface CompactOptions extends WorkOptions {
  /**
   * Takes the contents of superseded versions, as a sealed archive that `import` gives back, before they are erased as
   * by `prune`: they are once the sink has taken all of it, and what it returned has resolved. If it rejects, nothing is.
   */
  readonly archive?: ByteSink
  /** With `archive`: up to which clock, or moment, as that of `prune`. Default: all that is superseded now. */
  readonly before?: Clock | Date
}

export interface PruneOptions extends WorkOptions {
  /** Up to which clock, or moment (by the clocks of those who wrote), history is dropped. */
  readonly before: Clock | Date
}

export type Listener<D> = (changes: Changed<D>[]) => void

export interface Identity {
  /** The lineage id: equal on all replicas of this database, and of its forks. */
  readonly database: string
  /** What tells a fork from the others: 26 characters, equal on all replicas of it. Missing for the database that the lineage began with. */
  readonly fork?: string
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

  get(id: string, options?: AsOfOptions): Promise<Stored<D>>
  find(id: string, options?: AsOfOptions): Promise<Stored<D> | undefined>
  has(id: string, options?: AsOfOptions): Promise<boolean>
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
  clock(): Promise<Clock>
  /** The versions of a document, newest first: by height, then by CID. */
  history(id: string, options?: HistoryOptions): HistoryListing<HistoryVersion<D>>
  /** All commits, newest first. */
  history(id?: undefined, options?: HistoryOptions): HistoryListing<HistoryCommit>
  /** The documents with versions that were written apart and not yet resolved, in id order. */
  conflicts(): ConflictListing<D>
  /**
   * Ends a conflict: what is given supersedes all versions that were seen, and those only. A function gets the versions of
   * that moment and may answer `null` to delete; it runs again when another tab wrote meanwhile. Of a document without a
   * conflict it is a put.
   */
  resolve(id: string, resolution: Resolution<D>, options?: ResolveOptions): Promise<PutResult>

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
  compact(options?: CompactOptions): Promise<CompactReport>
  /**
   * Erases, on this device, the contents of versions that were superseded up to a bound: reading them fails with
   * `PRUNED` then. Commits and signatures stay, and so does everything that was shown at the bound or is now.
   * Attachments that no version names any more go as well. See `docs/retention.md`.
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
  /**
   * A database of another name that begins with this history and goes its own way. It shares what is stored and the
   * secrets, so it costs next to nothing; removing, compacting or pruning one does not touch the other. Where one may only
   * read, it is a database of one's own with the documents of this one. `INVALID_OPTION` where the name is taken.
   */
  fork(name: string, options?: ForkOptions): Promise<Database<D>>
  /** What another database has otherwise, in id order. Between forks the cost follows the difference. */
  diff(other: Database<D>): Listing<Difference<D>>
  /** Brings what a fork has, or another replica; of any database with `only`. `DATABASE_MISMATCH` for all of a database of other secrets. */
  mergeFrom(other: Database<D>, options?: MergeOptions): Promise<MergeResult>
  /** Loads an attachment that is only on a remote, and keeps it on this device whatever happens; all those of a document without `name`. */
  pin(id: string, name?: string): Promise<void>
  /** Lets attachments go from this device that a remote has; they are loaded again when they are read. */
  unpin(id: string, name?: string): Promise<void>
  /** Computes every hash, signature, grant, height and the trees anew from the commits, and tells exactly what is wrong and where. */
  verify(options?: WorkOptions): Promise<VerifyReport>
  /** Evidence of who wrote a version of a document, when, and after what: the one that is shown, or that of a clock. Checked by `verifyProof`. */
  proof(id: string, options?: AsOfOptions): Promise<Proof>
  /** The whole history in one CAR, which `import` takes. */
  export(options?: ExportOptions): ReadableStream<Uint8Array>
  /** Takes in an export, or an archive of `compact`: checks all of it first, `CORRUPT` with nothing taken in where a byte is wrong. `DATABASE_MISMATCH` where it is of another database. */
  import(source: ByteSource, options?: WorkOptions): Promise<ImportReport>
  /** The documents as NDJSON, a line each, for other tools: bytes as `{"/":{"bytes":"…"}}`, attachments by what is known of them. */
  exportJson(options?: AsOfOptions): ReadableStream<Uint8Array>
  /** Puts the documents of NDJSON, a few hundred in a commit. `INVALID_DOCUMENT` names the line; the lines before it stay. */
  importJson(
    source: ByteSource,
    options?: WorkOptions,
  ): Promise<{ readonly documents: number; readonly clock: Clock }>
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
