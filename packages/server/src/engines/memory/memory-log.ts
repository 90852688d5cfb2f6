import { createHash } from 'node:crypto'
import {
  advanceLogHash,
  EMPTY_LOG_HASH,
  type LogEntry,
  type LogPosition,
  type RemotePointer,
  type StoredPointer,
} from '@firekeep/core/protocol'
import { digestToName } from '../../blobs/blob-name.js'
import { AppendListeners } from '../../log/append-listeners.js'
import { entryBytes } from '../../log/entry-bytes.js'
import type { AppendedEntry, Log, LogInfo, NewEntry, ReadLimits, StoredPage } from '../../log/log.js'
import { closedError, entryNotFoundError, goneError, logFullError } from '../../log/log-errors.js'

/** Logs in memory: for tests, and for servers that need not remember. */
export class MemoryLog implements Log {
  readonly #listeners = new AppendListeners()
  readonly #logById = new Map<string, KeptLog | 'removed'>()
  #isClosed = false

  async append(log: string, { digest, pack, blobs, maxBytes }: NewEntry): Promise<AppendedEntry> {
    const kept = this.#mustUse(log)
    const key = Buffer.from(digest).toString('latin1')
    const known = kept.seqByDigest.get(key)
    if (known !== undefined) return { ...kept.mustPosition(known), isRepeated: true }
    const bytes = entryBytes(pack.length, blobs.length)
    if (kept.bytes + bytes > maxBytes) throw logFullError(maxBytes)
    const before = kept.head()
    const position = { seq: before.seq + 1, hash: advanceLogHash(before.hash, digest) }
    kept.entries.push({
      ...position,
      digest: digest.slice(),
      pack: pack.slice(),
      blobs: [...blobs],
      isRedacted: false,
    })
    kept.seqByDigest.set(key, position.seq)
    kept.bytes += bytes
    this.#logById.set(log, kept)
    this.#listeners.tell(log, position.seq)
    return { ...position, isRepeated: false }
  }

  async read(log: string, after: number, { limit, bytes }: ReadLimits): Promise<StoredPage> {
    const kept = this.#mustUse(log)
    const entries: LogEntry[] = []
    let size = 0
    for (const { seq, digest, pack, isRedacted } of kept.entries.slice(after, after + limit)) {
      size += pack.length
      if (size > bytes && entries.length > 0) break
      entries.push({ seq, digest, pack: pack.slice(), isRedacted })
    }
    return { before: kept.position(after)?.hash, entries, head: kept.head() }
  }

  async digests(log: string, after: number, limit: number): Promise<readonly Uint8Array[]> {
    return this.#mustUse(log)
      .entries.slice(after, after + limit)
      .map(({ digest }) => digest)
  }

  async getPointer(log: string): Promise<StoredPointer | undefined> {
    return this.#mustUse(log).pointers[0]
  }

  async setPointer(log: string, pointer: RemotePointer, replaces: string | undefined): Promise<boolean> {
    const kept = this.#mustUse(log)
    const version = digestToName(createHash('sha256').update(pointer.sealed).digest())
    const current = kept.pointers[0]
    if (current?.version === version) return true
    if (current?.version !== replaces) return false
    const next = { seq: pointer.seq, blobs: [...pointer.blobs], sealed: pointer.sealed.slice(), version }
    kept.pointers = [next, ...kept.pointers.slice(0, 1)]
    this.#logById.set(log, kept)
    return true
  }

  async redact(
    log: string,
    seq: number,
    pack: Uint8Array,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const kept = this.#mustUse(log)
    const entry = kept.entries[seq - 1]
    if (entry === undefined) throw entryNotFoundError(seq)
    const { length } = entry.blobs
    const growth = entryBytes(pack.length, length) - entryBytes(entry.pack.length, length)
    if (growth > 0 && kept.bytes + growth > maxBytes) throw logFullError(maxBytes)
    kept.entries[seq - 1] = { ...entry, pack: pack.slice(), isRedacted: true }
    kept.bytes += growth
  }

  async remove(log: string): Promise<void> {
    if (this.#isClosed) throw closedError()
    this.#logById.set(log, 'removed')
  }

  async info(log: string): Promise<LogInfo> {
    const kept = this.#mustUse(log)
    return { head: kept.head(), bytes: kept.bytes }
  }

  async *list(): AsyncIterable<string> {
    if (this.#isClosed) throw closedError()
    for (const [log, kept] of [...this.#logById]) if (kept !== 'removed') yield log
  }

  async referencedBlobs(log: string): Promise<ReadonlySet<string>> {
    const { pointers, entries } = this.#mustUse(log)
    // With less than two pointers somebody may still be reading the log from its start.
    const from = pointers.length < 2 ? 0 : Math.min(...pointers.map(({ seq }) => seq))
    return new Set([...pointers, ...entries.slice(from)].flatMap(({ blobs }) => blobs))
  }

  watch(listener: (log: string, seq: number) => void): () => void {
    if (this.#isClosed) throw closedError()
    return this.#listeners.add(listener)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
    this.#logById.clear()
  }

  /** The log, or an empty one that is kept only once something is written to it. */
  #mustUse(log: string): KeptLog {
    if (this.#isClosed) throw closedError()
    const kept = this.#logById.get(log)
    if (kept === 'removed') throw goneError()
    return kept ?? new KeptLog()
  }
}

interface KeptEntry extends LogEntry, LogPosition {
  readonly blobs: readonly string[]
}

class KeptLog {
  readonly entries: KeptEntry[] = []
  readonly seqByDigest = new Map<string, number>()
  /** The last two, the newest first. */
  pointers: readonly StoredPointer[] = []
  bytes = 0

  head(): LogPosition {
    return this.mustPosition(this.entries.length)
  }

  mustPosition(seq: number): LogPosition {
    return this.position(seq) as LogPosition
  }

  position(seq: number): LogPosition | undefined {
    if (seq === 0) return { seq, hash: EMPTY_LOG_HASH }
    const entry = this.entries[seq - 1]
    return entry && { seq, hash: entry.hash }
  }
}
