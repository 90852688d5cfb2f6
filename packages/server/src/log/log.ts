import type { LogEntry, LogPosition, RemotePointer, StoredPointer } from '@firekeep/core/protocol'

/**
 * The log port: append-only logs of opaque packs, one for each database, and its pointer. Log ids are checked before
 * they come here.
 *
 * Guarantees that every engine gives and the conformance suite checks:
 * - `append`, `setPointer`, `redact` and `remove` are durable when they resolve (power loss included), whole or absent
 *   after a crash, and idempotent;
 * - sequence numbers of a log start at 1 and have no gaps, in whatever number of processes; the running hash follows
 *   from the digests (`advanceLogHash`); the same pack appended twice stands once and answers its first place;
 * - reads see everything that resolved before they were called;
 * - a removed log leaves a tombstone: every verb rejects with `GONE` from then on, but `remove`, which resolves again;
 * - after `close` every call rejects with `CLOSED`; `close` waits for what is under way and is idempotent.
 */
export interface Log {
  /** Adds a pack. `blobs` are the names it refers to. `LIMIT_EXCEEDED` when the log would outgrow `maxBytes`. */
  append(log: string, entry: NewEntry): Promise<AppendedEntry>
  read(log: string, after: number, limits: ReadLimits): Promise<StoredPage>
  digests(log: string, after: number, limit: number): Promise<readonly Uint8Array[]>
  getPointer(log: string): Promise<StoredPointer | undefined>
  /** Answers whether the pointer stands there now; `replaces` is the version it takes the place of. */
  setPointer(log: string, pointer: RemotePointer, replaces: string | undefined): Promise<boolean>
  /**
   * Puts a pack in the place of one; the bytes of the old one are gone from the storage when it resolves. `NOT_FOUND`
   * without the entry, `LIMIT_EXCEEDED` when the log would grow past `maxBytes` (default: no bound).
   */
  redact(log: string, seq: number, pack: Uint8Array, maxBytes?: number): Promise<void>
  /** Removes everything of a log and leaves a tombstone. */
  remove(log: string): Promise<void>
  /** What there is of a log; zeros for one that nothing was written to. `GONE` for a removed one. */
  info(log: string): Promise<LogInfo>
  /** The ids of all logs, removed ones left out. */
  list(): AsyncIterable<string>
  /** Blobs that must be kept: those of the last two pointers, and of entries after the older of the two. */
  referencedBlobs(log: string): Promise<ReadonlySet<string>>
  /** Calls `listener` after an entry was added, by this process or another; a hint. */
  watch(listener: (log: string, seq: number) => void): () => void
  close(): Promise<void>
}

export interface NewEntry {
  /** SHA-256 of the pack; an engine takes the caller's word for it. */
  readonly digest: Uint8Array
  readonly pack: Uint8Array
  readonly blobs: readonly string[]
  /** The most bytes that entries of this log may count for together (`entryBytes`); `Infinity` for no bound. */
  readonly maxBytes: number
}

export interface AppendedEntry extends LogPosition {
  /** Whether the pack was there before. */
  readonly isRepeated: boolean
}

export interface ReadLimits {
  readonly limit: number
  /** The most bytes of packs, the first entry excepted. */
  readonly bytes: number
}

export interface StoredPage {
  /** The running hash at the place that was read after; `undefined` where the log ends before it. */
  readonly before: Uint8Array | undefined
  readonly entries: readonly LogEntry[]
  readonly head: LogPosition
}

export interface LogInfo {
  readonly head: LogPosition
  /** What its entries count for (`entryBytes`). */
  readonly bytes: number
}
