import type { CID } from '../codec/cid.js'
import { type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'
import type { LogEntry, LogPosition, RemoteEvent } from '../protocol/remote.js'
import { coveredHeads } from './covered-heads.js'
import { type Cursor, decodeCursor, encodeCursor, START } from './cursor.js'
import type { LogOpener, OpenedEntry } from './log-opener.js'
import { LogReader, ROLLED_BACK, rolledBack } from './log-reader.js'
import { type LogWriterParts, type SentEntries, sendCommits } from './log-writer.js'
import { RedactionCheck } from './redaction-check.js'
import { findFresh } from './take-in.js'

export interface ExchangeParts extends LogWriterParts {
  /** Names the remote in what is reported. */
  readonly remoteId: string
  readonly ledger: Ledger
  readonly opener: LogOpener
  /** Whether commits may be sent. */
  readonly canWrite: boolean
  /** Seals what stays on the device. */
  readonly recordSealer: Sealer
  /** Where the cursor is stored. */
  readonly cursorKey: string
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  readonly report: (error: FirekeepError) => void
  /** Hears how far the log was read, and where it ends. */
  readonly onRead: (read: number, end: number) => void
  /** Hears of each acknowledgement. */
  readonly onSent: () => void
}

/** Known entries are not stored one by one: reading some of them again costs less. */
const STORE_AFTER = 256
/** After a rollback others have the same to send: who comes first spares the rest the way. */
const ROLLBACK_SPREAD = 2000
/** More than this is read when its turn comes. */
const HELD_NEWS = 256

/**
 * Exchanges commits with a remote's log: reads it to its end, then appends what it lacks. There is no outbox: what to
 * send is the history minus the ancestors of the heads that were read from the log, so a crash, a compaction or
 * another tab in between loses nothing. Only reading moves the cursor.
 *
 * One {@link Exchange.run} at a time. After a failure, or when somebody else had the cursor, a new object goes on.
 */
export class Exchange {
  readonly #parts: ExchangeParts
  /** Entries that came by themselves. */
  readonly #news = new Map<number, LogEntry>()
  readonly #redactions = new RedactionCheck()
  #reader: LogReader | undefined
  #cursor = START
  #storedSeq = 0
  /** The end of the log as far as it was heard of. */
  #end = 0
  /** Whether the log was read to its end since the connection was made. */
  #isAtEnd = false
  #hasRolledBack = false
  #hasReportedFork = false

  constructor(parts: ExchangeParts) {
    this.#parts = parts
  }

  /** The heads of what the remote is known to have. */
  get acked(): readonly CID[] {
    return this.#cursor.heads
  }

  /** Purging commits that were sent from here, whose documents may still have contents in the log. */
  get purges(): readonly CID[] {
    return this.#cursor.purges
  }

  /** What these commits purged is in the log no more. */
  async redacted(purges: readonly CID[]): Promise<void> {
    const rest = this.#cursor.purges.filter(cid => !purges.some(each => each.equals(cid)))
    this.#cursor = { ...this.#cursor, purges: rest }
    await this.store()
  }

  /** The place up to which the log was read. */
  get position(): LogPosition {
    return this.#reader?.position ?? this.#cursor
  }

  /** What the remote said by itself. */
  hear(event: RemoteEvent): void {
    if (event.kind !== 'news') {
      this.#isAtEnd = false
      return
    }
    this.#end = Math.max(this.#end, event.seq)
    for (const entry of event.entries) if (this.#news.size < HELD_NEWS) this.#news.set(entry.seq, entry)
  }

  /** The log is to be read to its end before anything counts as known. */
  mustRead(): void {
    this.#isAtEnd = false
  }

  /** The commits that the remote lacks, as far as is known. */
  async missing(): Promise<readonly CommitNode[]> {
    const { view } = this.#parts.ledger
    const found = await Promise.all(this.#cursor.heads.map(cid => view.find(cid)))
    const there = found.filter(node => node !== undefined)
    return findMissing(view.heads, there, ref => view.nodeOf(ref))
  }

  /** Resolves when everything local is in the log and everything in the log is here. */
  async run(): Promise<void> {
    await this.start()
    let sent: readonly Commit[] = []
    for (;;) {
      await this.#readToEnd()
      if (this.#hasRolledBack) {
        await this.#parts.delay(this.#randomDelay(), this.#parts.signal)
        this.#isAtEnd = false
        await this.#readToEnd()
        this.#hasRolledBack = false
      }
      const missing = this.#parts.canWrite ? await this.missing() : []
      if (missing.length === 0) break
      const before = new Set(sent.map(({ key }) => key))
      if (missing.some(({ key }) => before.has(key))) throw this.#unreliable()
      sent = await this.#send(missing)
    }
    if (this.position.seq - this.#storedSeq >= STORE_AFTER) await this.store()
  }

  /** Stores the cursor. */
  store(): Promise<void> {
    return this.#parts.ledger.exclusive(async writer => {
      const cursor = this.#resumable(this.#cursor)
      await writer.append({ blocks: [], commits: [] }, { puts: [await this.#encode(cursor)] })
      this.#storedSeq = cursor.seq
    })
  }

  /** Reads how far it got; answers the place it goes on from. */
  async start(): Promise<LogPosition> {
    if (this.#reader !== undefined) return this.position
    const { ledger, cursorKey } = this.#parts
    await ledger.refresh()
    const sealed = await ledger.store?.storage.get(cursorKey)
    if (sealed !== undefined) this.#cursor = await this.#decode(sealed)
    this.#storedSeq = this.#cursor.seq
    this.#reader = this.#readFrom(this.#cursor)
    return this.position
  }

  /** A cursor that is damaged says nothing: the log is read again, and what it lacks is sent. */
  async #decode(sealed: Uint8Array): Promise<Cursor> {
    try {
      return await decodeCursor(sealed, this.#parts.recordSealer)
    } catch (error) {
      this.#parts.report(error as FirekeepError)
      return START
    }
  }

  #readFrom(position: LogPosition): LogReader {
    this.#isAtEnd = false
    this.#news.clear()
    this.#parts.opener.forget()
    return new LogReader(this.#parts, position)
  }

  async #readToEnd(): Promise<void> {
    for (;;) {
      const reader = this.#reader as LogReader
      const isBehind = !this.#isAtEnd || this.#end > reader.position.seq
      if (!isBehind) return
      const step = (await this.#takeNews(reader)) ?? (await reader.next())
      if (step === ROLLED_BACK) this.#startAgain('lost or changed entries it had acknowledged')
      else if (step === undefined) {
        this.#isAtEnd = true
        this.#end = reader.position.seq
        for (const error of await this.#redactions.settle(this.#parts.ledger.view)) this.#parts.report(error)
        return
      } else {
        this.#end = Math.max(this.#end, step.end)
        await this.#takeIn(step.opened, step.position)
      }
    }
  }

  /** Entries that came with news, where nothing stands between them and what was read. */
  async #takeNews(reader: LogReader) {
    const entries: LogEntry[] = []
    for (let seq = reader.position.seq + 1; ; seq++) {
      const entry = this.#news.get(seq)
      if (entry === undefined) break
      entries.push(entry)
    }
    this.#news.clear()
    return this.#isAtEnd && entries.length > 0 ? reader.take(entries, this.#end) : undefined
  }

  /** Forgets what the remote is known to have, and reads its log from the start. */
  #startAgain(what: string): void {
    const { report, remoteId } = this.#parts
    if (this.position.seq === 0 || this.#hasRolledBack) throw this.#unreliable()
    report(rolledBack(remoteId, what))
    this.#cursor = START
    this.#storedSeq = 0
    this.#hasRolledBack = true
    // Entries that were written before it was noticed saw the log as it was: that was told just now.
    this.#hasReportedFork = true
    this.#end = 0
    this.#reader = this.#readFrom(START)
  }

  /** Stores what is new and the cursor in one batch. */
  async #takeIn(opened: readonly OpenedEntry[], position: LogPosition): Promise<void> {
    await this.#parts.ledger.exclusive(async writer => {
      const { fresh, commits, known } = await findFresh(opened, writer.view)
      const cursor = await this.#advanced(commits, position, known)
      this.#redactions.note(opened, fresh.commits)
      if (fresh.blocks.length > 0) {
        const stored = this.#resumable(cursor)
        await writer.append(fresh, { puts: [await this.#encode(stored)] })
        this.#storedSeq = stored.seq
      }
      this.#cursor = cursor
    })
    this.#parts.onRead(position.seq, this.#end)
    for (const { entry, witness } of opened) {
      if (witness === undefined) continue
      const isOne = witness.seq < entry.seq && (await (this.#reader as LogReader).saw(witness))
      if (!isOne) this.#reportFork(entry.seq)
    }
  }

  /** Nothing is to be sent again: what the other log lacks, those lack who see it, and they will notice as well. */
  #reportFork(seq: number): void {
    if (this.#hasReportedFork) return
    this.#hasReportedFork = true
    const { report, remoteId } = this.#parts
    report(rolledBack(remoteId, `shows its log differently to different devices (entry ${seq})`))
  }

  /** `known` are those of the commits that were here before: whoever sent a purge takes its contents out of the log. */
  async #advanced(
    commits: readonly Commit[],
    { seq, hash }: LogPosition,
    known: readonly Commit[],
  ): Promise<Cursor> {
    const { heads, purges } = this.#cursor
    if (commits.length === 0) return { seq, hash, heads, purges }
    const covered = await coveredHeads(heads, commits, this.#parts.ledger.view)
    const purging = this.#parts.canWrite ? known.filter(({ ops }) => ops.some(op => op.purge)) : []
    return {
      seq,
      hash,
      heads: covered.map(head => head.cid),
      purges: [...purges, ...purging.map(({ cid }) => cid)],
    }
  }

  async #send(missing: readonly CommitNode[]): Promise<readonly Commit[]> {
    const { ledger } = this.#parts
    const all: Commit[] = []
    for await (const sent of sendCommits(ledger.view, missing, this.position, this.#parts)) {
      all.push(...sent.commits)
      await this.#pass(sent)
      this.#parts.onSent()
    }
    return all
  }

  /** Reads back what was sent, by digests: the log decides its place. */
  async #pass({ digests, commits }: SentEntries): Promise<void> {
    const reader = this.#reader as LogReader
    if (!this.#isAtEnd) return
    if (!(await reader.pass(digests))) {
      this.#isAtEnd = false
      return
    }
    this.#end = Math.max(this.#end, reader.position.seq)
    const hadPurges = this.#cursor.purges.length
    this.#cursor = await this.#advanced(commits, reader.position, commits)
    if (this.#cursor.purges.length > hadPurges) await this.store()
    this.#parts.onRead(reader.position.seq, this.#end)
  }

  /** The cursor as it is stored: before parts whose last one has not come. */
  #resumable(cursor: Cursor): Cursor {
    const from = this.#parts.opener.heldFrom
    return from === undefined ? cursor : { ...cursor, seq: from.seq, hash: from.hash }
  }

  #encode(cursor: Cursor) {
    return encodeCursor(this.#parts.cursorKey, cursor, this.#parts.recordSealer)
  }

  #randomDelay(): number {
    const [high = 0, low = 0] = this.#parts.random(2)
    return ((high * 256 + low) / 65_536) * ROLLBACK_SPREAD
  }

  #unreliable(): FirekeepError {
    return new FirekeepError(
      'REMOTE_UNAVAILABLE',
      `remote ${this.#parts.remoteId} cannot be relied on: it does not return what it acknowledged`,
    )
  }
}
