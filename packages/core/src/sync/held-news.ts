import { NEWS_BYTES } from '../protocol/limits.js'
import type { LogEntry } from '../protocol/remote.js'

/** More than this is read when its turn comes. */
const HELD_NEWS = 256

/** Entries that came by themselves, until they are read. */
export class HeldNews {
  readonly #bySeq = new Map<number, LogEntry>()

  hear(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (this.#bySeq.size < HELD_NEWS && entry.pack.length <= NEWS_BYTES) this.#bySeq.set(entry.seq, entry)
    }
  }

  /** Those that follow a place, as far as nothing stands between them; nothing is held after that. */
  takeAfter(seq: number): readonly LogEntry[] {
    const entries: LogEntry[] = []
    for (let entry = this.#bySeq.get(seq + 1); entry !== undefined; entry = this.#bySeq.get(entry.seq + 1))
      entries.push(entry)
    this.clear()
    return entries
  }

  clear(): void {
    this.#bySeq.clear()
  }
}
