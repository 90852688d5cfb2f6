import { FirekeepError } from '../errors.js'
import { bytesToBinary, toBase32 } from '../primitives/bytes.js'
import { Emitter } from '../primitives/emitter.js'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type {
  AppendPackOptions,
  BlobBytes,
  GetBlobOptions,
  LogAccess,
  LogEntry,
  LogPage,
  LogPosition,
  ReadLogOptions,
  Remote,
  RemoteEvent,
  RemoteLog,
  RemotePointer,
  StoredPointer,
} from '../protocol/remote.js'

const READ_ENTRIES = 100
const READ_BYTES = 4 * 1024 * 1024

/** A remote in memory, for tests and for replicas in one process. It checks no rights. */
export class MemoryRemote implements Remote {
  readonly id: string
  readonly #logById = new Map<string, StoredLog>()

  constructor(id = 'memory') {
    this.id = id
  }

  async open({ logId }: LogAccess): Promise<RemoteLog> {
    const log = this.#logById.get(logId) ?? new StoredLog()
    this.#logById.set(logId, log)
    return new MemoryRemoteLog(log)
  }
}

/** What all who opened a log share. */
class StoredLog {
  readonly entries: (LogEntry & { readonly hash: Uint8Array })[] = []
  readonly seqByDigest = new Map<string, number>()
  readonly blobByName = new Map<string, Uint8Array>()
  readonly events = new Emitter<RemoteEvent>()
  pointer: StoredPointer | undefined
  isDeleted = false

  at(seq: number): LogPosition | undefined {
    if (seq === 0) return { seq, hash: EMPTY_LOG_HASH }
    const entry = this.entries[seq - 1]
    return entry && { seq, hash: entry.hash }
  }
}

class MemoryRemoteLog implements RemoteLog {
  readonly #log: StoredLog
  readonly #unsubscribe = new Set<() => void>()
  #isClosed = false

  constructor(log: StoredLog) {
    this.#log = log
  }

  async append(pack: Uint8Array, { blobs = [], signal }: AppendPackOptions = {}): Promise<LogPosition> {
    const log = this.#use(signal)
    this.#assertBlobs(blobs)
    const digest = digestPack(pack)
    const known = log.seqByDigest.get(bytesToBinary(digest))
    if (known !== undefined) return log.at(known) as LogPosition
    const before = log.at(log.entries.length) as LogPosition
    const seq = before.seq + 1
    const hash = advanceLogHash(before.hash, digest)
    const entry = { seq, digest, pack: new Uint8Array(pack), isRedacted: false }
    log.entries.push({ ...entry, hash })
    log.seqByDigest.set(bytesToBinary(digest), seq)
    log.events.emit({ kind: 'news', seq, entries: [copyEntry(entry)] })
    return { seq, hash }
  }

  async read(after: number, options: ReadLogOptions = {}): Promise<LogPage> {
    const log = this.#use(options.signal)
    const { limit = READ_ENTRIES, bytes = READ_BYTES } = options
    const entries: LogEntry[] = []
    let size = 0
    for (const entry of log.entries.slice(after, after + limit)) {
      size += entry.pack.length
      if (size > bytes && entries.length > 0) break
      entries.push(copyEntry(entry))
    }
    return { before: log.at(after)?.hash, entries, head: log.at(log.entries.length) as LogPosition }
  }

  async digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    return this.#use(signal)
      .entries.slice(after, after + limit)
      .map(({ digest }) => digest)
  }

  follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    if (this.#isClosed) return () => undefined
    const unsubscribe = this.#log.events.subscribe(listener)
    this.#unsubscribe.add(unsubscribe)
    // What came before: told as news, so that nothing falls between a read and the following after it.
    queueMicrotask(() => {
      if (this.#unsubscribe.has(unsubscribe)) this.#tellStanding(after, listener)
    })
    return () => {
      this.#unsubscribe.delete(unsubscribe)
      unsubscribe()
    }
  }

  async putBlob(name: string, blob: BlobBytes, signal?: AbortSignal): Promise<void> {
    this.#use(signal)
    const bytes = blob instanceof Uint8Array ? blob : new Uint8Array(await blob.arrayBuffer())
    const log = this.#use(signal)
    if (toBase32(digestPack(bytes)) !== name)
      throw new FirekeepError('CORRUPT', 'a blob does not match its name')
    log.blobByName.set(name, new Uint8Array(bytes))
  }

  async getBlob(name: string, { range, signal }: GetBlobOptions = {}): Promise<Uint8Array | undefined> {
    const blob = this.#use(signal).blobByName.get(name)
    return range === undefined ? blob?.slice() : blob?.slice(range.offset, range.offset + range.length)
  }

  async getPointer(signal?: AbortSignal): Promise<StoredPointer | undefined> {
    const { pointer } = this.#use(signal)
    return pointer && copyPointer(pointer)
  }

  async setPointer(
    pointer: RemotePointer,
    replaces: string | undefined,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const log = this.#use(signal)
    this.#assertBlobs(pointer.blobs)
    const version = toBase32(digestPack(pointer.sealed))
    if (log.pointer?.version === version) return true
    if (log.pointer?.version !== replaces) return false
    log.pointer = { ...copyPointer(pointer), version }
    return true
  }

  async redact(seq: number, pack: Uint8Array, signal?: AbortSignal): Promise<void> {
    const log = this.#use(signal)
    const entry = log.entries[seq - 1]
    if (entry === undefined) throw new FirekeepError('NOT_FOUND', `Not found: entry ${seq} of the log`)
    log.entries[seq - 1] = { ...entry, pack: new Uint8Array(pack), isRedacted: true }
  }

  async delete(signal?: AbortSignal): Promise<void> {
    const log = this.#use(signal)
    log.isDeleted = true
    log.entries.length = 0
    log.blobByName.clear()
    log.pointer = undefined
    const error = deleted()
    log.events.emit({ kind: 'lost', error })
  }

  close(): void {
    this.#isClosed = true
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe.clear()
  }

  #tellStanding(after: number, listener: (event: RemoteEvent) => void): void {
    const seq = this.#log.entries.length
    if (this.#log.isDeleted) listener({ kind: 'lost', error: deleted() })
    else if (seq > after) listener({ kind: 'news', seq, entries: [] })
  }

  #use(signal?: AbortSignal): StoredLog {
    if (this.#isClosed || signal?.aborted) throw new FirekeepError('ABORTED', 'the remote was detached')
    if (this.#log.isDeleted) throw deleted()
    return this.#log
  }

  #assertBlobs(names: readonly string[]): void {
    const missing = names.find(name => !this.#log.blobByName.has(name))
    if (missing === undefined) return
    throw new FirekeepError('BLOCK_MISSING', `blob ${missing} is not there`, { details: { blob: missing } })
  }
}

function copyEntry({ seq, digest, pack, isRedacted }: LogEntry): LogEntry {
  return { seq, digest: new Uint8Array(digest), pack: new Uint8Array(pack), isRedacted }
}

function copyPointer<P extends RemotePointer>(pointer: P): P {
  return { ...pointer, blobs: [...pointer.blobs], sealed: new Uint8Array(pointer.sealed) }
}

function deleted(): FirekeepError {
  return new FirekeepError('GONE', 'the database was deleted on this remote for good')
}
