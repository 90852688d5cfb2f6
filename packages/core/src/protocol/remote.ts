/**
 * The remote port: an append-only log of sealed packs of commits, somewhere else. It sees ciphertext only and
 * never merges.
 *
 * Guarantees: all verbs are idempotent; sequence numbers start at 1 and have no gaps; `hash` after an entry is
 * `SHA-256(hash before it || SHA-256(pack))`, with 32 zero bytes before the first, so that two logs that agree
 * on one hash agree on everything before it. Rejects with `REMOTE_UNAVAILABLE` when it cannot be reached.
 *
 * Trap: the answer of `append` says that the pack is durable, not that everything before it was read; only
 * reading moves a cursor.
 */
export interface Remote {
  /** Names the remote among all a database is attached to; stable over restarts. */
  readonly id: string
  /** Adds a pack and answers when it is durable; a pack that is already there is answered with its first place. */
  append(pack: Uint8Array): Promise<LogPosition>
  /** The entries after a sequence number, oldest first, at most `limit` of them. */
  read(after: number, limit: number): Promise<LogEntry[]>
  /** Calls `listener` whenever there may be new entries; a hint: calls may be missed, late or needless. */
  follow(listener: () => void): () => void
}

/** A place in the log: the sequence number of an entry and the running hash up to and with it. */
export interface LogPosition {
  readonly seq: number
  readonly hash: Uint8Array
}

export interface LogEntry extends LogPosition {
  readonly pack: Uint8Array
}
