import { FirekeepError } from '../../errors.js'
import { bytesToBinary, equalBytes } from '../../primitives/bytes.js'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH } from '../../protocol/log-hash.js'
import type { LogEntry, LogPosition } from '../../protocol/remote.js'
import { decodeEntryHeader, ENTRY_HEADER_BYTES, type EntryFile, encodeEntryFile } from './entry-file.js'
import type { FolderPlace } from './folder-place.js'

interface Known {
  readonly digest: Uint8Array
  readonly hash: Uint8Array
}

/** The entries of a log: a file each, named by its number. Knows digests and hashes of those it has seen. */
export class FolderEntries {
  readonly #place: FolderPlace
  readonly #known: Known[] = []
  readonly #seqByDigest = new Map<string, number>()

  constructor(place: FolderPlace) {
    this.#place = place
  }

  get head(): LogPosition {
    return this.at(this.#known.length) as LogPosition
  }

  at(seq: number): LogPosition | undefined {
    if (seq === 0) return { seq, hash: EMPTY_LOG_HASH }
    const known = this.#known[seq - 1]
    return known && { seq, hash: known.hash }
  }

  /** Looks for entries that others have added. */
  async refresh(): Promise<void> {
    const last = this.#known.at(-1)
    if (last !== undefined) {
      const header = await this.#header(this.#known.length)
      // Another drive, or an older copy of this one, is another log.
      if (header === undefined || !equalBytes(header.digest, last.digest)) this.#forget()
    }
    for (;;) {
      const seq = this.#known.length + 1
      const header = await this.#header(seq)
      if (header === undefined) return
      // Somebody else looked at the same time.
      if (this.#known.length + 1 === seq) this.#learn(header.digest)
    }
  }

  /** Adds a pack unless it is there. */
  async append(pack: Uint8Array): Promise<LogPosition> {
    const digest = digestPack(pack)
    const bytes = encodeEntryFile({ digest, isRedacted: false }, pack)
    for (;;) {
      await this.refresh()
      const there = this.#seqByDigest.get(bytesToBinary(digest))
      if (there !== undefined) {
        // Who added it may not have come to this yet.
        await this.#place.fs.syncFolder(this.#place.entries)
        return this.at(there) as LogPosition
      }
      // Names without gaps: of all who try for one, one gets it, and the others look again.
      await this.#place.add(this.#place.entries, nameOf(this.#known.length + 1), bytes)
    }
  }

  async read(seq: number): Promise<LogEntry> {
    const bytes = await this.#place.read(this.#path(seq), 0, Number.MAX_SAFE_INTEGER)
    const header = bytes && decodeEntryHeader(bytes)
    if (bytes === undefined || header === undefined) throw incomplete(seq)
    const pack = bytes.slice(ENTRY_HEADER_BYTES)
    if (!header.isRedacted && !equalBytes(digestPack(pack), header.digest)) throw incomplete(seq)
    return { seq, ...header, pack }
  }

  /** The bytes of the pack of an entry. */
  packSize(seq: number): number {
    return (this.#place.fs.size(this.#path(seq)) ?? ENTRY_HEADER_BYTES) - ENTRY_HEADER_BYTES
  }

  digests(after: number, limit: number): Uint8Array[] {
    return this.#known.slice(after, after + limit).map(({ digest }) => digest.slice())
  }

  async redact(seq: number, pack: Uint8Array): Promise<void> {
    const known = this.#known[seq - 1]
    if (known === undefined) throw new FirekeepError('NOT_FOUND', `Not found: entry ${seq} of the log`)
    const bytes = encodeEntryFile({ digest: known.digest, isRedacted: true }, pack)
    await this.#place.replace(this.#place.entries, nameOf(seq), bytes)
  }

  async #header(seq: number): Promise<EntryFile | undefined> {
    const bytes = await this.#place.read(this.#path(seq), 0, ENTRY_HEADER_BYTES)
    if (bytes === undefined) return undefined
    const header = decodeEntryHeader(bytes)
    if (header === undefined) throw incomplete(seq)
    return header
  }

  #path(seq: number): string {
    return `${this.#place.entries}/${nameOf(seq)}`
  }

  #learn(digest: Uint8Array): void {
    const hash = advanceLogHash(this.head.hash, digest)
    this.#known.push({ digest, hash })
    const key = bytesToBinary(digest)
    if (!this.#seqByDigest.has(key)) this.#seqByDigest.set(key, this.#known.length)
  }

  #forget(): void {
    this.#known.length = 0
    this.#seqByDigest.clear()
  }
}

/** Ten digits, so that a listing shows them in order. */
function nameOf(seq: number): string {
  return String(seq).padStart(10, '0')
}

/** Something else than this connector brought the file here, and may not have finished. */
function incomplete(seq: number): FirekeepError {
  const text = `entry ${seq} of the log is damaged, or was not copied to its end yet`
  return new FirekeepError('REMOTE_UNAVAILABLE', text, { details: { seq } })
}
