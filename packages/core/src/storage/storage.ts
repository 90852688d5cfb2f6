/**
 * The storage port: ordered string keys to bytes, for one database or for the key store.
 *
 * Guarantees that every adapter gives and the conformance suite checks:
 * - keys are ASCII, at most 256 characters, ordered by code unit; `list` and `getAll` answer in that order;
 * - bytes handed in are read until the call settles and not kept, bytes handed out belong to the caller;
 * - `batch` is atomic (whole or absent after a crash) and durable when it resolves;
 * - batches of one holder take effect in the order they were issued, awaited or not;
 * - reads see every batch that resolved before they were called, in this and in other tabs or processes;
 * - after `close` every call rejects with `CLOSED`; `close` waits for what is under way and is idempotent.
 *
 * Traps: two writers may append at the same time, so what a reader has seen says nothing about what is there
 * now, and keys have no order in time (never "read what comes after the last key"). Only the `seen` guard of
 * {@link Storage.batch} makes a decision that depends on what was read safe.
 */
export interface Storage {
  readonly kind: StorageKind
  /** The value under `key`, or `undefined`. */
  get(key: string): Promise<Uint8Array | undefined>
  /**
   * `length` bytes of the value from `offset` (fewer where it ends sooner), or `undefined` without the key. Costs
   * what the range takes, not what the value does: IndexedDB loads the segments of 128 KiB it lies in, files read
   * the range.
   */
  getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined>
  /** All keys that start with `prefix`, ascending. Loads no value. */
  list(prefix: string): Promise<string[]>
  /** All entries whose key starts with `prefix`, ascending, as of one moment. */
  getAll(prefix: string): Promise<StorageEntry[]>
  /**
   * Calls `listener` some time after another holder of the same storage (tab, process, instance) wrote to it.
   * Only a hint: calls may be missed, late or needless (a missed one costs at most a second in Node).
   */
  watch(listener: () => void): () => void
  /**
   * Writes `puts` and removes `deletes` as one atomic, durable step. A put of a key that exists replaces it;
   * a delete of a missing key is fine. Where a key stands there more than once, its last put counts, and a
   * delete more than any put.
   *
   * With `seen`, rejects with `STALE` and writes nothing unless the keys under `seen.prefix` are exactly
   * `seen.keys` (ascending), checked inside the storage's own transaction or lock.
   *
   * Rejects with `QUOTA_EXCEEDED` (nothing written), `STORAGE_FAILED` (the outcome may be unknown; the same
   * batch may be sent again) or `UNSUPPORTED_FORMAT` (a newer version wrote here). A batch whose `puts` are empty
   * or that sets `reserve` may use the room held back (see `reserve-size.ts`), so that deleting works when the
   * storage is full.
   *
   * With `erase`, resolves once the bytes of every value that was ever deleted or replaced in this storage, by this
   * batch or before it, are gone from where the storage keeps them. Puts and deletes may be empty then.
   * - memory: they are.
   * - IndexedDB: records and segments are deleted in the transaction, as by every batch. The browser's own files
   *   may keep deleted bytes until it compacts them, which no page can ask for.
   * - files: no file of the storage holds them, also after a power failure; what the disk keeps of files that were
   *   removed is out of reach. The one exception is the log of another session that still runs: only its owner may
   *   remove it. The batch resolves nevertheless, that log is marked, and it is rewritten when its owner hears of
   *   it (at once where it watches), writes or closes, or else, once it is gone, by whoever writes next.
   *   `info().unerased` is set until then.
   *
   * The puts and deletes are durable before anything is erased, so a crash leaves the batch whole or absent. Where
   * erasing alone fails, the batch stands and rejects with `STORAGE_FAILED` and `details.written`; send
   * `batch([], [], { erase: true })` to erase what is left.
   */
  batch(puts: readonly StorageEntry[], deletes: readonly string[], options?: BatchOptions): Promise<void>
  /** Where the data is, how much of the quota is in use, and whether the platform may evict it. */
  info(): Promise<StorageInfo>
  /** Asks the platform to keep the data; answers whether it does. */
  persist(): Promise<boolean>
  close(): Promise<void>
}

export type StorageKind = 'indexeddb' | 'files' | 'memory'

export type StorageEntry = readonly [key: string, value: Uint8Array]

export interface BatchOptions {
  /** Write only if the keys under `prefix` are exactly these, ascending. */
  readonly seen?: { readonly prefix: string; readonly keys: readonly string[] }
  /** May use the room held back: for writes that free space. */
  readonly reserve?: boolean
  /** Leave no bytes of what was deleted or replaced, now or earlier, see {@link Storage.batch}. */
  readonly erase?: true
}

export interface StorageInfo {
  readonly kind: StorageKind
  /** Whether the platform promised not to evict the data. */
  readonly persisted: boolean
  /** Bytes in use and bytes allowed, as far as the platform tells. */
  readonly usage?: number
  readonly quota?: number
  /** Erased bytes still lie in the log of another session that runs, see {@link Storage.batch}. */
  readonly unerased?: true
}

/**
 * A place that holds many storages under opaque ids: the key store under `keys`, each database under its
 * random id. Ids are `[a-z0-9]{1,64}`, so they are safe as file and database names.
 */
export interface StorageSpace {
  readonly kind: StorageKind
  /** Two spaces with equal ids hold the same storages, so that engines can be shared. */
  readonly id: string
  /** Opens a storage; nothing is created on the platform before the first `batch`. */
  open(id: string, options?: OpenStorageOptions): Promise<Storage>
  /** The ids of all storages that something was written to, in no particular order. */
  list(): Promise<string[]>
  /** Removes a storage and all its data; other holders get `CLOSED`. Missing is fine. */
  remove(id: string): Promise<void>
}

export interface OpenStorageOptions {
  /** `strict`: on disk before a batch resolves, also in IndexedDB. Default `relaxed`; files are always strict. */
  readonly durability?: 'relaxed' | 'strict'
}
