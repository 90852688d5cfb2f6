import type { Sealer } from '../crypto/seal.js'
import type { FirekeepError } from '../errors.js'
import type { Ledger, LedgerWriter } from '../ledger/ledger.js'
import type { LogPosition } from '../protocol/remote.js'
import type { StorageEntry } from '../storage/storage.js'
import { type Cursor, decodeCursor, encodeCursor, START } from './cursor.js'

export interface LogCursorParts {
  readonly ledger: Ledger
  /** Seals what stays on the device. */
  readonly recordSealer: Sealer
  /** Where the cursor is stored. */
  readonly cursorKey: string
  readonly report: (error: FirekeepError) => void
  /** The place before the first entry that is held back, so that a restart reads it again. */
  readonly heldFrom: () => LogPosition | undefined
}

/** A snapshot may have been folded before the last entries were read: one of these stands for it. */
const KEPT = 16

/** The cursor of an exchange: in memory, and as it is stored, which may be some entries behind. */
export class LogCursor {
  readonly #parts: LogCursorParts
  #now = START
  #recent: readonly Cursor[] = []
  #storedSeq = 0

  constructor(parts: LogCursorParts) {
    this.#parts = parts
  }

  get now(): Cursor {
    return this.#now
  }

  /** The last ones as they would be stored, newest first. */
  get recent(): readonly Cursor[] {
    return this.#recent
  }

  /** How many entries a restart would read again. */
  get unstored(): number {
    return this.#now.seq - this.#storedSeq
  }

  /** Goes on from what is stored. One that is damaged says nothing: the log is read again. */
  async load(): Promise<void> {
    const { ledger, cursorKey, recordSealer, report } = this.#parts
    await ledger.refresh()
    const sealed = await ledger.store?.storage.get(cursorKey)
    try {
      if (sealed !== undefined) this.#now = await decodeCursor(sealed, recordSealer)
    } catch (error) {
      report(error as FirekeepError)
    }
    this.#storedSeq = this.#now.seq
    this.#recent = [this.#now]
  }

  moveTo(cursor: Cursor): void {
    this.#now = cursor
    this.#recent = [this.#resumable(cursor), ...this.#recent.slice(0, KEPT - 1)]
  }

  /** Nothing is known of the log any more. */
  reset(): void {
    this.#now = { ...START, purges: this.#now.purges }
    this.#recent = []
    this.#storedSeq = 0
  }

  /** Stores it by itself. */
  store(): Promise<void> {
    return this.#parts.ledger.exclusive(writer =>
      this.storeWith(writer, this.#now, { blocks: [], commits: [] }),
    )
  }

  /** Stores a cursor in the step in which what it covers is appended. */
  async storeWith(
    writer: LedgerWriter,
    cursor: Cursor,
    batch: Parameters<LedgerWriter['append']>[0],
  ): Promise<void> {
    const stored = this.#resumable(cursor)
    await writer.append(batch, { puts: [await this.#entryOf(stored)] })
    this.#storedSeq = stored.seq
  }

  #entryOf(cursor: Cursor): Promise<StorageEntry> {
    return encodeCursor(this.#parts.cursorKey, cursor, this.#parts.recordSealer)
  }

  #resumable(cursor: Cursor): Cursor {
    const held = this.#parts.heldFrom()
    return held === undefined || held.seq >= cursor.seq
      ? cursor
      : { ...cursor, seq: held.seq, hash: held.hash }
  }
}
