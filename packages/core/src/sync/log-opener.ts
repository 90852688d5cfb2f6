import type { Sealer } from '../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import type { CommitBatch } from '../ledger/commit-batch.js'
import { bytesToBinary, concatBytes, equalBytes } from '../primitives/bytes.js'
import type { LogEntry, LogPosition } from '../protocol/remote.js'
import { type LogPack, openLogPack, type PackPart } from './log-pack.js'
import { asDropped, type CommitChecks, NO_COMMITS, readCommits } from './read-commits.js'

export interface LogChecks extends CommitChecks {
  /** Of the kind `log`, bound to the log. */
  readonly sealer: Sealer
}

/** An entry of a log and what of it may be taken in. */
export interface OpenedEntry {
  readonly entry: LogEntry
  /** Its commits; none where it was dropped, or is a part whose last one has not come yet. */
  readonly batch: CommitBatch
  /** What its writer had read of the log; `undefined` where the entry was dropped. */
  readonly witness: LogPosition | undefined
}

/** Packs whose contents are to be joined, until all are there. */
interface HeldParts {
  /** The place before the first of them: who starts again starts there. */
  readonly before: LogPosition
  readonly contents: (Uint8Array | undefined)[]
  bytes: number
}

/** More than this is not held: whoever wrote it will not end it, or should not have begun it. */
const HELD_BYTES = 256 * 1024 * 1024
const HELD_ENTRIES = 10_000

/**
 * Opens the entries of a log in their order: seal, parts, then the commits one by one. What is damaged is reported
 * and dropped, and the rest goes on. Rejects with `UNSUPPORTED_FORMAT` when a newer version wrote an entry.
 */
export class LogOpener {
  readonly #checks: LogChecks
  readonly #heldById = new Map<string, HeldParts>()
  #heldBytes = 0
  #refusedFrom: LogPosition | undefined

  constructor(checks: LogChecks) {
    this.#checks = checks
  }

  /** Where to read on after a restart, so that no part is missing; `undefined` where nothing is held. */
  get heldFrom(): LogPosition | undefined {
    let first = this.#refusedFrom
    for (const { before } of this.#heldById.values()) {
      if (first === undefined || before.seq < first.seq) first = before
    }
    return first
  }

  /** `positions` has the place before each entry. */
  async open(entries: readonly LogEntry[], positions: readonly LogPosition[]): Promise<OpenedEntry[]> {
    const packs = await Promise.all(
      entries.map((entry, i) => this.#unseal(entry, positions[i] as LogPosition)),
    )
    const opened: Promise<OpenedEntry>[] = []
    for (const [i, entry] of entries.entries()) {
      const pack = packs[i]
      this.#giveUp(entry.seq)
      const content = pack && this.#join(pack, positions[i] as LogPosition)
      const batch = content === undefined ? NO_COMMITS : readCommits(content, this.#checks)
      opened.push(Promise.resolve(batch).then(batch => ({ entry, batch, witness: pack?.witness })))
    }
    return Promise.all(opened)
  }

  /** Forgets parts that are held, as when the log is read from its start again. */
  forget(): void {
    this.#heldById.clear()
    this.#heldBytes = 0
    this.#refusedFrom = undefined
  }

  /** What was put in the place of an entry may be put right: who starts again reads it again. */
  async #unseal(
    { pack, seq, digest, isRedacted }: LogEntry,
    before: LogPosition,
  ): Promise<LogPack | undefined> {
    try {
      const opened = await openLogPack(pack, this.#checks.sealer)
      const { replaces } = opened
      if (isRedacted ? replaces !== undefined && equalBytes(replaces, digest) : replaces === undefined)
        return opened
      throw new FirekeepError('CORRUPT', 'it was put in the place of another entry')
    } catch (error) {
      if (hasErrorCode(error, 'UNSUPPORTED_FORMAT')) throw error
      if (isRedacted) this.#refusedFrom ??= before
      this.#checks.report(asDropped(error, `entry ${seq} of the log cannot be opened`))
      return undefined
    }
  }

  /** The whole contents, when this was all that lacked. */
  #join({ part, content }: LogPack, before: LogPosition): Uint8Array | undefined {
    if (part === undefined) return content
    const id = bytesToBinary(part.id)
    const held = this.#heldById.get(id) ?? this.#hold(id, part, before)
    if (held === undefined || held.contents.length !== part.count) return undefined
    if (held.contents[part.index] === undefined) {
      held.bytes += content.length
      this.#heldBytes += content.length
    }
    held.contents[part.index] = content
    if (this.#heldBytes > HELD_BYTES) {
      this.#drop(id, 'is larger than can be taken in')
      return undefined
    }
    if (held.contents.includes(undefined)) return undefined
    this.#release(id)
    return concatBytes(...(held.contents as Uint8Array[]))
  }

  #hold(id: string, { index, count }: PackPart, before: LogPosition): HeldParts | undefined {
    // A part of what was given up, or whose first part the log does not have.
    if (index !== 0) return undefined
    const held: HeldParts = { before, contents: Array.from({ length: count }), bytes: 0 }
    this.#heldById.set(id, held)
    return held
  }

  /** Whoever began it and did not end it sends it again as a whole. */
  #giveUp(seq: number): void {
    for (const [id, { before }] of this.#heldById) {
      if (seq - before.seq > HELD_ENTRIES) this.#drop(id, 'was not ended')
    }
  }

  #release(id: string): void {
    this.#heldBytes -= this.#heldById.get(id)?.bytes ?? 0
    this.#heldById.delete(id)
  }

  #drop(id: string, reason: string): void {
    this.#release(id)
    this.#checks.report(new FirekeepError('CORRUPT', `a commit in several entries of the log ${reason}`))
  }
}
