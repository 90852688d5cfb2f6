import { FirekeepError } from '../errors.js'
import { equalBytes } from '../primitives/bytes.js'
import { advanceLogHash, digestPack } from '../protocol/log-hash.js'
import type { LogEntry, LogPage, LogPosition, RemoteLog } from '../protocol/remote.js'
import type { LogOpener, OpenedEntry } from './log-opener.js'

/** The next entries of a log, in order and checked. */
export interface LogStep {
  readonly opened: readonly OpenedEntry[]
  /** The place before each of them. */
  readonly before: readonly LogPosition[]
  /** The place behind them. */
  readonly position: LogPosition
  /** The end of the log, as far as it was heard of. */
  readonly end: number
}

export interface LogReaderParts {
  readonly log: RemoteLog
  readonly opener: LogOpener
  readonly signal: AbortSignal
}

const READ_ENTRIES = 1000
const READ_BYTES = 4 * 1024 * 1024
/** Clients make entries of up to 2 MiB and what sealing adds; redacted ones may be as large again. */
const ENTRY_BYTES = 8 * 1024 * 1024
const DIGESTS_AT_ONCE = 4096

/**
 * Reads a log from a place on and checks what no server may decide: that entries follow each other without a gap,
 * that packs are what was appended, that the log still is the one that was read before, and that those who wrote into
 * it saw the same log. Whoever gets `ROLLED_BACK` starts again from the beginning.
 */
export class LogReader {
  readonly #parts: LogReaderParts
  /** Running hashes that are known, at every place from the least one on. */
  #hashes: Uint8Array[]
  #first: number
  #ahead: { readonly after: number; readonly page: Promise<LogPage> } | undefined

  constructor(parts: LogReaderParts, from: LogPosition) {
    this.#parts = parts
    this.#first = from.seq
    this.#hashes = [from.hash]
  }

  get position(): LogPosition {
    return { seq: this.#first + this.#hashes.length - 1, hash: this.#hashes.at(-1) as Uint8Array }
  }

  /** The next entries; `undefined` at the end of the log, and `ROLLED_BACK` where it is another one. */
  async next(): Promise<LogStep | undefined | typeof ROLLED_BACK> {
    const { seq, hash } = this.position
    const page = await this.#takePage(seq)
    assertBounded(page.entries)
    if (page.before === undefined || !equalBytes(page.before, hash)) return ROLLED_BACK
    if (page.entries.length === 0) return undefined
    const last = seq + page.entries.length
    // While these are taken in, the next ones are on their way.
    if (page.head.seq > last) this.#readAhead(last)
    return this.#advance(page.entries, Math.max(page.head.seq, last))
  }

  /** Takes entries that came by themselves, where they follow what was read; else `undefined`. */
  async take(entries: readonly LogEntry[], end: number): Promise<LogStep | undefined | typeof ROLLED_BACK> {
    const { seq } = this.position
    const fresh = entries.filter(entry => entry.seq > seq)
    if (fresh[0]?.seq !== seq + 1) return undefined
    this.#ahead = undefined
    return this.#advance(fresh, end)
  }

  /**
   * Passes over entries whose packs are known here, as they were written here: the remote answers with digests only.
   * Answers whether these stand next in the log; where they do not, nothing was passed.
   */
  async pass(digests: readonly Uint8Array[]): Promise<boolean> {
    const { log, signal } = this.#parts
    const there = await log.digests(this.position.seq, digests.length, signal)
    const isNext = digests.every((digest, i) => there[i] !== undefined && equalBytes(there[i], digest))
    if (!isNext) return false
    this.#ahead = undefined
    for (const digest of digests) this.#hashes.push(advanceLogHash(this.position.hash, digest))
    return true
  }

  async #takePage(after: number): Promise<LogPage> {
    if (this.#ahead?.after !== after) this.#readAhead(after)
    const page = this.#ahead?.page as Promise<LogPage>
    this.#ahead = undefined
    return page
  }

  #readAhead(after: number): void {
    const { log, signal } = this.#parts
    const page = log.read(after, { limit: READ_ENTRIES, bytes: READ_BYTES, signal })
    // Whoever takes the page hears of a failure; nobody may.
    page.catch(() => undefined)
    this.#ahead = { after, page }
  }

  async #advance(entries: readonly LogEntry[], end: number): Promise<LogStep | typeof ROLLED_BACK> {
    const before: LogPosition[] = []
    let position = this.position
    for (const entry of entries) {
      if (!followsRightly(entry, position)) return ROLLED_BACK
      before.push(position)
      position = { seq: entry.seq, hash: advanceLogHash(position.hash, entry.digest) }
    }
    const opened = await this.#parts.opener.open(entries, before)
    for (const each of before.slice(1)) this.#hashes.push(each.hash)
    this.#hashes.push(position.hash)
    return { opened, before, position, end }
  }

  /**
   * Whether somebody who had read the log up to a place saw the log that is read here (scenario 23). Older places than
   * are known lead here by the digests between: no other log does.
   */
  async saw(witness: LogPosition): Promise<boolean> {
    if (witness.seq > this.position.seq) return false
    if (witness.seq < this.#first) return this.#leadsHere(witness)
    return equalBytes(witness.hash, this.#hashes[witness.seq - this.#first] as Uint8Array)
  }

  async #leadsHere({ seq, hash }: LogPosition): Promise<boolean> {
    const { log, signal } = this.#parts
    const found = [hash]
    while (seq + found.length - 1 < this.#first) {
      const after = seq + found.length - 1
      const digests = await log.digests(after, Math.min(DIGESTS_AT_ONCE, this.#first - after), signal)
      if (digests.length === 0) return false
      for (const digest of digests) found.push(advanceLogHash(found.at(-1) as Uint8Array, digest))
    }
    if (!equalBytes(found.at(-1) as Uint8Array, this.#hashes[0] as Uint8Array)) return false
    this.#hashes = [...found.slice(0, -1), ...this.#hashes]
    this.#first = seq
    return true
  }
}

/** A remote that answers with more than was asked for may do so without end. */
function assertBounded(entries: readonly LogEntry[]): void {
  const bytes = entries.reduce((sum, { pack }) => sum + pack.length, 0)
  const most = entries.length === 1 ? ENTRY_BYTES : READ_BYTES
  if (entries.length <= READ_ENTRIES && bytes <= most) return
  throw new FirekeepError('REMOTE_UNAVAILABLE', 'the remote answers with more than it was asked for')
}

/** The log is not the one that was read before. */
export const ROLLED_BACK = 'rolled-back'

function followsRightly(entry: LogEntry, before: LogPosition): boolean {
  if (entry.seq !== before.seq + 1) return false
  // What was put in the place of an entry is checked by what it holds; its digest is that of the entry before.
  return entry.isRedacted || equalBytes(digestPack(entry.pack), entry.digest)
}

/** An event, not a failure: what was lost is sent again by those who have it. */
export function rolledBack(remoteId: string, what: string): FirekeepError {
  return new FirekeepError('REMOTE_ROLLED_BACK', `remote ${remoteId} ${what}; what it lacks is sent again`, {
    details: { remote: remoteId },
  })
}
