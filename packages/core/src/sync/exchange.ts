import type { CID } from '../codec/cid.js'
import { type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { FirekeepError } from '../errors.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import type { LogPosition, RemoteEvent } from '../protocol/remote.js'
import type { LoadedCommit } from '../state/view.js'
import { coveredHeads } from './covered-heads.js'
import { type Cursor, START } from './cursor.js'
import { HeldNews } from './held-news.js'
import { LogCursor, type LogCursorParts } from './log-cursor.js'
import type { LogOpener, OpenedEntry } from './log-opener.js'
import type { LogOrder } from './log-order.js'
import { LogReader, ROLLED_BACK, rolledBack } from './log-reader.js'
import { type LogWriterParts, type SentEntries, sendCommits } from './log-writer.js'
import { RedactionCheck } from './redaction-check.js'
import { findFresh } from './take-in.js'

export interface ExchangeParts extends LogWriterParts, Omit<LogCursorParts, 'heldFrom'> {
  /** Names the remote in what is reported. */
  readonly remoteId: string
  readonly opener: LogOpener
  /** Keeps in which order commits were read. */
  readonly order: LogOrder
  /** Whether commits may be sent. */
  readonly canWrite: boolean
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** Hears how far the log was read, and where it ends. */
  readonly onRead: (read: number, end: number) => void
  /** Hears of each acknowledgement. */
  readonly onSent: () => void
}

/** Known entries are not stored one by one: reading some of them again costs less. */
const STORE_AFTER = 256
/** After a rollback others have the same to send: who comes first spares the rest the way. */
const ROLLBACK_SPREAD = 2000

/**
 * Exchanges commits with a remote's log: reads it to its end, then appends what it lacks. There is no outbox: what to
 * send is the history minus the ancestors of the heads that were read from the log, so a crash, a compaction or
 * another tab in between loses nothing. Only reading moves the cursor.
 *
 * One {@link Exchange.run} at a time. After a failure, or when somebody else had the cursor, a new object goes on.
 */
export class Exchange {
  readonly #parts: ExchangeParts
  readonly #news = new HeldNews()
  #redactions = new RedactionCheck()
  #reader: LogReader | undefined
  readonly #cursor: LogCursor
  /** The end of the log as far as it was heard of. */
  #end = 0
  /** Whether the log was read to its end since the connection was made. */
  #isAtEnd = false
  #hasRolledBack = false
  #hasReportedFork = false
  #isTorn = false
  #mustStore = false

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    const { opener } = parts
    this.#cursor = new LogCursor({
      ...parts,
      heldFrom: () => earlier(opener.heldFrom, this.#redactions.heldFrom),
    })
  }

  /** The heads of what the remote is known to have. */
  get acked(): readonly CID[] {
    return this.#cursor.now.heads
  }

  /** The last places that reading can go on from, newest first. */
  get cursors(): readonly Cursor[] {
    return this.#cursor.recent
  }

  /** Purging commits that were sent from here, whose documents may still have contents in the log. */
  get purges(): readonly CID[] {
    return this.#cursor.now.purges
  }

  /** What these commits purged is in the log no more. */
  async redacted(purges: readonly CID[]): Promise<void> {
    const { now } = this.#cursor
    const rest = now.purges.filter(cid => !purges.some(each => each.equals(cid)))
    this.#cursor.moveTo({ ...now, purges: rest })
    await this.#cursor.store()
  }

  /** Whether entries were read and, as something failed, not taken in: only a new exchange reads them again. */
  get isTorn(): boolean {
    return this.#isTorn
  }

  /** The place up to which the log was read. */
  get position(): LogPosition {
    return this.#reader?.position ?? this.#cursor.now
  }

  /** What the remote said by itself. */
  hear(event: RemoteEvent): void {
    if (event.kind !== 'news') {
      this.#isAtEnd = false
      return
    }
    this.#end = Math.max(this.#end, event.seq)
    this.#news.hear(event.entries)
  }

  /** The log is to be read to its end before anything counts as known. */
  mustRead(): void {
    this.#isAtEnd = false
  }

  /** The commits that the remote lacks, as far as is known. */
  async missing(): Promise<readonly CommitNode[]> {
    const { view } = this.#parts.ledger
    const found = await Promise.all(this.#cursor.now.heads.map(cid => view.find(cid)))
    const there = found.filter(node => node !== undefined)
    return findMissing(view.heads, there, ref => view.nodeOf(ref))
  }

  /**
   * Resolves when everything that was local at the call is in the log and everything in the log is here. Answers
   * whether nothing is left: somebody who writes all the time is waited for by the next run, not by this one.
   */
  async run(): Promise<boolean> {
    await this.start()
    let sent: readonly Commit[] = []
    let isDone = true
    for (;;) {
      await this.#readToEnd()
      const hasRolledBack = this.#hasRolledBack
      if (hasRolledBack) {
        await this.#parts.delay(this.#randomDelay(), this.#parts.signal)
        this.#isAtEnd = false
        await this.#readToEnd()
        this.#hasRolledBack = false
      }
      const missing = this.#parts.canWrite ? await this.missing() : []
      if (missing.length === 0) break
      const before = new Set(sent.map(({ key }) => key))
      if (missing.some(({ key }) => before.has(key))) throw this.#unreliable()
      if (sent.length > 0 && !hasRolledBack) {
        isDone = false
        break
      }
      sent = await this.#send(missing)
    }
    // What is stored of a log that was rolled back would be found wrong at each start.
    if (this.#mustStore || this.#cursor.unstored >= STORE_AFTER) await this.#cursor.store()
    this.#mustStore = false
    return isDone
  }

  /** Reads how far it got; answers the place it goes on from. */
  async start(): Promise<LogPosition> {
    if (this.#reader !== undefined) return this.position
    await this.#cursor.load()
    this.#reader = this.#readFrom(this.#cursor.now)
    return this.position
  }

  #readFrom(position: LogPosition): LogReader {
    this.#isAtEnd = false
    this.#news.clear()
    this.#parts.opener.forget()
    this.#redactions = new RedactionCheck()
    return new LogReader(this.#parts, position)
  }

  async #readToEnd(): Promise<void> {
    for (;;) {
      throwIfAborted(this.#parts.signal)
      const reader = this.#reader as LogReader
      const isBehind = !this.#isAtEnd || this.#end > reader.position.seq
      if (!isBehind) return
      const step = (await this.#takeNews(reader)) ?? (await reader.next())
      this.#isTorn = true
      if (step === ROLLED_BACK) this.#startAgain('lost or changed entries it had acknowledged')
      else if (step === undefined) {
        this.#isAtEnd = true
        this.#end = reader.position.seq
        await this.#settle()
        this.#isTorn = false
        return
      } else {
        this.#end = Math.max(this.#end, step.end)
        const { view } = this.#parts.ledger
        const taken = await this.#redactions.take(step.opened, step.before, view)
        await this.#takeIn(taken, step.position)
      }
      this.#isTorn = false
    }
  }

  /** Entries that came with news, where nothing stands between them and what was read. */
  async #takeNews(reader: LogReader) {
    const entries = this.#news.takeAfter(reader.position.seq)
    return this.#isAtEnd && entries.length > 0 ? reader.take(entries, this.#end) : undefined
  }

  /** Forgets what the remote is known to have, and reads its log from the start. */
  #startAgain(what: string): void {
    const { report, remoteId } = this.#parts
    if (this.position.seq === 0 || this.#hasRolledBack) {
      this.#forget()
      throw this.#unreliable()
    }
    report(rolledBack(remoteId, what))
    this.#mustStore = true
    this.#forget()
    this.#hasRolledBack = true
    // Entries that were written before it was noticed saw the log as it was: that was told just now.
    this.#hasReportedFork = true
  }

  #forget(): void {
    this.#cursor.reset()
    this.#parts.order.forget()
    this.#end = 0
    this.#hasRolledBack = false
    this.#reader = this.#readFrom(START)
  }

  /** At the end of the log it shows whether what is missing in redacted entries was purged. */
  async #settle(): Promise<void> {
    const { accepted, refused } = this.#redactions.settle()
    for (const error of refused) this.#parts.report(error)
    if (accepted.length > 0) await this.#takeIn(accepted, this.position)
  }

  /** Stores what is new and the cursor in one batch. */
  async #takeIn(opened: readonly OpenedEntry[], position: LogPosition): Promise<void> {
    await this.#parts.ledger.exclusive(async writer => {
      const { fresh, commits, known } = await findFresh(opened, writer.view)
      const cursor = await this.#advanced(commits, position, known)
      if (fresh.blocks.length > 0) await this.#cursor.storeWith(writer, cursor, fresh)
      this.#cursor.moveTo(cursor)
    })
    for (const { entry, batch } of opened) this.#parts.order.note(entry.seq, batch.commits.map(toCommit))
    this.#parts.onRead(position.seq, this.#end)
    for (const { entry, witness } of opened) {
      if (witness === undefined || this.#hasReportedFork) continue
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
    const { heads, purges } = this.#cursor.now
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
    const hadPurges = this.purges.length
    this.#cursor.moveTo(await this.#advanced(commits, reader.position, commits))
    this.#parts.order.note(reader.position.seq, commits)
    if (this.purges.length > hadPurges) await this.#cursor.store()
    this.#parts.onRead(reader.position.seq, this.#end)
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

const toCommit = ({ commit }: LoadedCommit) => commit

function earlier(a: LogPosition | undefined, b: LogPosition | undefined): LogPosition | undefined {
  return a === undefined || (b !== undefined && b.seq < a.seq) ? b : a
}
