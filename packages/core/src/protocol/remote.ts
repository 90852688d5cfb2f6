/**
 * The remote port: a place elsewhere that keeps, for each of any number of databases, an append-only log of sealed
 * packs of commits, immutable blobs, and one pointer to a snapshot. It sees ciphertext only and never merges.
 */
export interface Remote {
  /** Names the remote among all that a database is attached to; stable over restarts. */
  readonly id: string
  /**
   * Opens what the remote keeps of one database. Reaches nothing by itself, so it works offline: the first verb
   * connects. Databases that are open through one remote may share a connection.
   */
  open(access: LogAccess): Promise<RemoteLog>
}

/** Which log, and the proof of the right to use it. */
export interface LogAccess {
  /** The log id as text, see `log-id.ts`. */
  readonly logId: string
  readonly permission: Permission
  /** Signs a token for the server of this origin (`access-token.ts`). `now` is that server's time. */
  signToken(audience: string, now: number): Promise<string>
}

export type Permission = 'read' | 'write'

/**
 * What a remote keeps of one database.
 *
 * Guarantees: all verbs are idempotent. Sequence numbers start at 1 and have no gaps. The running hash after an entry
 * is `SHA-256(hash before it || digest)`, where `digest` is the SHA-256 of the pack that was appended, with 32 zero
 * bytes before the first: two logs that agree on one hash agree on everything before it.
 *
 * Errors: `REMOTE_UNAVAILABLE` when it cannot be reached (try again), `UNAUTHORIZED` and `FORBIDDEN` (see the message),
 * `LIMIT_EXCEEDED` (`details.retryAfter` in milliseconds where waiting helps), `GONE` when the database was deleted
 * there, `ABORTED` when the signal fired or the log was closed.
 *
 * Trap: the answer of `append` says that the pack is durable, not that everything before it was read; only reading
 * moves a cursor.
 */
export interface RemoteLog {
  /** Adds a pack and answers when it is durable; a pack that is already there is answered with its first place. */
  append(pack: Uint8Array, options?: AppendPackOptions): Promise<LogPosition>
  /** The entries after a sequence number, oldest first: as many as fit the limits, at least one where there is one. */
  read(after: number, options?: ReadLogOptions): Promise<LogPage>
  /** The digests of entries after a sequence number, for those who have the packs: at most `limit` of them. */
  digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]>
  /**
   * Tells of entries after a sequence number, as they come, and of the connection. A hint: news may be missed, late
   * or needless, and what comes with them counts only if it follows what was read. Entries that are there already
   * are told of at once, so nothing falls between a read and the following after it. Never throws: that the log
   * cannot be followed (unreachable, `GONE`, no right) is heard as `lost`; of a closed log nothing is heard.
   * Returns what ends it.
   */
  follow(after: number, listener: (event: RemoteEvent) => void): () => void
  /**
   * Stores bytes under their name: the SHA-256 of the bytes, in base32. `CORRUPT` where they do not match. What may be
   * large comes as a `Blob`, so that a remote which can need not have all of it in memory.
   */
  putBlob(name: string, bytes: BlobBytes, signal?: AbortSignal): Promise<void>
  /** The bytes of a blob or a range of it (fewer where it ends sooner); `undefined` where there is none. Unverified. */
  getBlob(name: string, options?: GetBlobOptions): Promise<Uint8Array | undefined>
  getPointer(signal?: AbortSignal): Promise<StoredPointer | undefined>
  /**
   * Puts a pointer in the place of the one of version `replaces` (`undefined`: of none). Answers whether it stands
   * there now: `false` where another did. All its blobs have to be there, else `BLOCK_MISSING`.
   */
  setPointer(pointer: RemotePointer, replaces: string | undefined, signal?: AbortSignal): Promise<boolean>
  /** Puts a pack in the place of the one at `seq`, which is forgotten. Digest and running hashes stay. */
  redact(seq: number, pack: Uint8Array, signal?: AbortSignal): Promise<void>
  /** Deletes the log, blobs and pointer for good: every verb fails with `GONE` from then on, for everybody. */
  delete(signal?: AbortSignal): Promise<void>
  /** Ends everything under way with `ABORTED`. Idempotent. */
  close(): void
}

/** The bytes of a blob that is put. */
export type BlobBytes = Uint8Array | Blob

export interface AppendPackOptions {
  /** Blobs that the pack refers to: the remote keeps them as long as they may be needed. */
  readonly blobs?: readonly string[]
  readonly signal?: AbortSignal | undefined
}

export interface ReadLogOptions {
  /** At most so many entries. Default 100. */
  readonly limit?: number
  /** At most so many bytes of packs, the first entry excepted. Default 4 MiB. */
  readonly bytes?: number
  readonly signal?: AbortSignal | undefined
}

export interface GetBlobOptions {
  readonly range?: { readonly offset: number; readonly length: number }
  readonly signal?: AbortSignal | undefined
}

/** A place in the log: the sequence number of an entry and the running hash up to and with it. */
export interface LogPosition {
  readonly seq: number
  readonly hash: Uint8Array
}

export interface LogPage {
  /** The running hash at the place that was read after; `undefined` where the log ends before it. */
  readonly before: Uint8Array | undefined
  readonly entries: readonly LogEntry[]
  /** The end of the log at that moment. */
  readonly head: LogPosition
}

export interface LogEntry {
  readonly seq: number
  /** SHA-256 of the pack that was appended. */
  readonly digest: Uint8Array
  /** That pack, or the one that took its place. */
  readonly pack: Uint8Array
  /** Whether another pack took its place, without contents that were purged. */
  readonly isRedacted: boolean
}

export type RemoteEvent =
  /** The log goes up to `seq` at least; `entries` are the newest, where they are small enough to come along. */
  | { readonly kind: 'news'; readonly seq: number; readonly entries: readonly LogEntry[] }
  /** The connection broke; the next verb tries anew. */
  | { readonly kind: 'lost'; readonly error: Error }
  /** There is a connection again; what happened meanwhile has to be read. */
  | { readonly kind: 'restored' }

/** The pointer as the remote keeps it: what it needs to know in clear, and the sealed rest (`sync/`). */
export interface RemotePointer {
  /** The entries up to here are in the snapshot. */
  readonly seq: number
  /** The names of the blobs that the snapshot needs. */
  readonly blobs: readonly string[]
  readonly sealed: Uint8Array
}

export interface StoredPointer extends RemotePointer {
  /** Names this pointer: SHA-256 of `sealed`, base32. */
  readonly version: string
}
