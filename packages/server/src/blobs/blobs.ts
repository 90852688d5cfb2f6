/**
 * The blob port: immutable bytes under the SHA-256 of what they are (base32), for each log by itself, so that nobody
 * can tell from one log what another has. Log ids and names are checked before they come here; an engine refuses
 * others with `INTERNAL`.
 *
 * Guarantees that every engine gives and the conformance suite checks: a blob is durable when `put` resolves, and
 * whole or absent after a crash; `put` of a blob that is there is fine, puts it anew, and refreshes its time; `get`
 * streams, whatever the size; after `close` every call rejects with `CLOSED`; `close` waits for what is under way and
 * is idempotent.
 */
export interface Blobs {
  /** Stores what the stream gives. `CORRUPT` when it does not match the name, `LIMIT_EXCEEDED` past `maxBytes`; nothing is stored then. */
  put(log: string, name: string, content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void>
  /**
   * The bytes from `offset`, `length` of them where given (fewer where the blob ends sooner). A stream that nobody
   * reads holds nothing open; one whose blob was removed before its first chunk may reject with `NOT_FOUND`.
   */
  get(log: string, name: string, range?: BlobRange): Promise<BlobContent | undefined>
  has(log: string, name: string): Promise<boolean>
  /** The ids of logs that have blobs, and maybe of some that had: also those that the log port knows nothing of. */
  logs(): AsyncIterable<string>
  list(log: string): AsyncIterable<StoredBlob>
  /**
   * Removes blobs and answers which were removed; names that are not there are passed over. With `olderThan`
   * (milliseconds since 1970) one that was put at that time or later stays, also when that happens meanwhile.
   */
  remove(log: string, names: readonly string[], olderThan?: number): Promise<readonly string[]>
  /** Gives blobs that are there the time of now, so that they are kept for another grace period. */
  touch(log: string, names: readonly string[]): Promise<void>
  /** Removes all blobs of a log. */
  removeAll(log: string): Promise<void>
  close(): Promise<void>
}

export interface BlobRange {
  readonly offset: number
  readonly length?: number
}

export interface BlobContent {
  /** Bytes of the whole blob. */
  readonly size: number
  readonly stream: AsyncIterable<Uint8Array>
}

export interface StoredBlob {
  readonly name: string
  readonly bytes: number
  /** When it was last put or touched, in milliseconds since 1970. */
  readonly time: number
}
