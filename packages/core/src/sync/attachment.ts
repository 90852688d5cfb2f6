import type { Block } from '../codec/block.js'
import { encodeCar } from '../codec/car.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import type { CommitBatch } from '../ledger/commit-batch.js'
import type { Ledger } from '../ledger/ledger.js'
import { equalBytes } from '../primitives/bytes.js'
import { Mutex } from '../primitives/mutex.js'
import { advanceLogHash } from '../protocol/log-hash.js'
import type { LogEntry, Remote } from '../protocol/remote.js'
import type { View } from '../state/view.js'
import { coveredHeads } from './covered-heads.js'
import { type Cursor, decodeCursor, encodeCursor, START } from './cursor.js'
import { type LogPackChecks, openLogPack } from './open-log-pack.js'

/** Entries read at once, and bytes of commits sent at once. */
const READ_LIMIT = 100
const PACK_BYTES = 1024 * 1024
const RETRY_MILLISECONDS = 1000

export interface AttachmentParts {
  readonly remote: Remote
  readonly ledger: Ledger
  readonly checks: LogPackChecks
  /** Seals what stays on the device. */
  readonly recordSealer: Sealer
  /** Where the cursor is stored. */
  readonly cursorKey: string
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

/**
 * Exchanges commits with a remote: reads the log to its end, then appends what it lacks. There is no outbox:
 * what to send is the history minus the ancestors of the heads that were read from the log, so a crash or a
 * compaction in between loses nothing. Only reading moves the cursor.
 */
export class RemoteAttachment {
  readonly #parts: AttachmentParts
  readonly #mutex = new Mutex()
  readonly #stop = new AbortController()
  readonly #unsubscribe: (() => void)[]
  #cursor: Cursor | undefined
  #isDue = false

  constructor(parts: AttachmentParts) {
    this.#parts = parts
    const wake = () => this.#wake()
    this.#unsubscribe = [parts.remote.follow(wake), parts.ledger.subscribe(wake)]
    wake()
  }

  /** Resolves when everything local is in the log and everything in the log is here. */
  synced(): Promise<void> {
    return this.#mutex.run(() => this.#exchange())
  }

  async detach(): Promise<void> {
    this.#stop.abort()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#mutex.run(async () => undefined)
  }

  #wake(): void {
    if (this.#isDue || this.#stop.signal.aborted) return
    this.#isDue = true
    void this.#mutex.run(async () => {
      this.#isDue = false
      try {
        await this.#exchange()
      } catch (error) {
        if (this.#stop.signal.aborted || hasErrorCode(error, 'CLOSED')) return
        // Whatever happened to the remote, its log may not be the one it was.
        this.#cursor = undefined
        if (!hasErrorCode(error, 'REMOTE_UNAVAILABLE')) this.#parts.checks.report(asError(error))
        void this.#parts.delay(RETRY_MILLISECONDS, this.#stop.signal).then(() => this.#wake())
      }
    })
  }

  async #exchange(): Promise<void> {
    for (let sent: readonly CommitNode[] = []; ; ) {
      while (await this.#pull());
      const { seq } = this.#cursor as Cursor
      sent = await this.#push(sent)
      if (sent.length === 0) return
      // What was appended must be there to read; the log decides its place.
      if ((await this.#pull()) || (this.#cursor as Cursor).seq !== seq) continue
      this.#cursor = await this.#confirmCursor()
      if (this.#cursor.seq === seq) throw this.#unreliable('it does not return what it acknowledged')
    }
  }

  /** Takes in the next entries; answers whether there may be more. */
  async #pull(): Promise<boolean> {
    this.#cursor ??= await this.#confirmCursor()
    const cursor = this.#cursor
    const entries = await this.#ask(remote => remote.read(cursor.seq, READ_LIMIT))
    if (entries.length === 0) return false
    const position = verifyRun(cursor, entries)
    if (position === undefined) {
      if (cursor.seq === 0) throw this.#unreliable('the running hash of its log is wrong from the start')
      this.#reportRollback()
      this.#cursor = START
      return true
    }
    const batches = await Promise.all(entries.map(({ pack }) => openLogPack(pack, this.#parts.checks)))
    await this.#takeIn(cursor, position, batches)
    return true
  }

  /** Stores what is new and the cursor in one batch. */
  #takeIn(cursor: Cursor, position: LogEntry, batches: readonly CommitBatch[]): Promise<void> {
    return this.#parts.ledger.exclusive(async writer => {
      const { view } = writer
      const commits = batches.flatMap(batch => batch.commits)
      const nodes = await Promise.all(commits.map(({ commit }) => view.nodeOf(commit)))
      const fresh = commits.filter((_, i) => nodes[i] === undefined)
      const wanted = new Set(fresh.flatMap(blockKeys))
      const known = new Set(commits.filter((_, i) => nodes[i] !== undefined).flatMap(blockKeys))
      const blocks = batches
        .flatMap(batch => batch.blocks)
        .filter(({ cid }) => wanted.has(cidToKey(cid)) || !known.has(cidToKey(cid)))
      const arrived = commits.map(({ commit }) => commit)
      const heads = await coveredHeads(cursor.heads, arrived, view)
      const next = { seq: position.seq, hash: position.hash, heads: heads.map(head => head.cid) }
      const puts = [await encodeCursor(this.#parts.cursorKey, next, this.#parts.recordSealer)]
      await writer.append({ blocks, commits: fresh }, { puts })
      this.#cursor = next
    })
  }

  /**
   * Sends what the log lacks, parents first; answers what that was. What was sent just before and read since
   * must not be lacking again.
   */
  async #push(sentBefore: readonly CommitNode[]): Promise<readonly CommitNode[]> {
    const { ledger, checks } = this.#parts
    const { view } = ledger
    const { heads } = this.#cursor as Cursor
    const there = (await Promise.all(heads.map(cid => view.find(cid)))).filter(node => node !== undefined)
    const missing = await findMissing(view.heads, there, ref => view.nodeOf(ref))
    const before = new Set(sentBefore.map(node => node.key))
    if (missing.some(node => before.has(node.key))) throw this.#unreliable('what it returns is damaged')
    let blocks: Block[] = []
    let size = 0
    for (const [i, node] of missing.entries()) {
      for (const block of await readBlocks(view, node)) {
        blocks.push(block)
        size += block.bytes.length
      }
      if (size < PACK_BYTES && i < missing.length - 1) continue
      const pack = await checks.sealer.seal(encodeCar([], blocks))
      await this.#ask(remote => remote.append(pack))
      blocks = []
      size = 0
    }
    return missing
  }

  /** The stored cursor, if the log still has its entry. */
  async #confirmCursor(): Promise<Cursor> {
    const { ledger, cursorKey, recordSealer } = this.#parts
    await ledger.refresh()
    const sealed = await ledger.store?.storage.get(cursorKey)
    if (sealed === undefined) return START
    const cursor = await decodeCursor(sealed, recordSealer)
    if (cursor.seq === 0) return cursor
    const [last] = await this.#ask(remote => remote.read(cursor.seq - 1, 1))
    if (last !== undefined && equalBytes(last.hash, cursor.hash)) return cursor
    this.#reportRollback()
    return START
  }

  /** Asks the remote for something; a call that is under way does not hold up detaching. */
  #ask<T>(call: (remote: Remote) => Promise<T>): Promise<T> {
    const { signal } = this.#stop
    return new Promise((resolve, reject) => {
      const stop = () => reject(new FirekeepError('CLOSED', 'the remote is detached'))
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop)
      const done = () => signal.removeEventListener('abort', stop)
      call(this.#parts.remote).then(resolve, reject).finally(done)
    })
  }

  #unreliable(problem: string): FirekeepError {
    return new FirekeepError(
      'REMOTE_UNAVAILABLE',
      `remote ${this.#parts.remote.id} cannot be used: ${problem}`,
    )
  }

  #reportRollback(): void {
    const { remote, checks } = this.#parts
    checks.report(
      new FirekeepError(
        'REMOTE_ROLLED_BACK',
        `remote ${remote.id} lost or changed entries it had acknowledged; they are sent again`,
      ),
    )
  }
}

/** The last of the entries, if they follow the cursor without a gap and their running hashes are right. */
function verifyRun(cursor: Cursor, entries: readonly LogEntry[]): LogEntry | undefined {
  let { seq, hash } = cursor
  for (const entry of entries) {
    hash = advanceLogHash(hash, entry.pack)
    if (entry.seq !== ++seq || !equalBytes(hash, entry.hash)) return undefined
  }
  return entries.at(-1)
}

/** A commit and its contents; those that were erased here are not sent. */
async function readBlocks(view: View, node: CommitNode): Promise<Block[]> {
  const commit = await view.commitOf(node)
  const blocks: Block[] = [{ cid: commit.cid, bytes: commit.bytes }]
  for (const op of commit.ops) {
    const { body } = op
    if (body === null) continue
    try {
      blocks.push({ cid: body, bytes: await view.bodyOf(node, { ...op, body }) })
    } catch (error) {
      if (!hasErrorCode(error, 'PRUNED')) throw error
    }
  }
  return blocks
}

function blockKeys({ commit }: CommitBatch['commits'][number]): CidKey[] {
  return [commit.key, ...commit.ops.flatMap(({ body }) => (body === null ? [] : [cidToKey(body)]))]
}

function asError(error: unknown): FirekeepError {
  return error instanceof FirekeepError
    ? error
    : new FirekeepError('INTERNAL', String(error), { cause: error })
}
