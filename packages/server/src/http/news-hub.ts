import { type LogEntry, NEWS_BYTES } from '@firekeep/core/protocol'
import { BoundedMap } from '../limits/bounded-map.js'
import type { Log } from '../log/log.js'

export interface News {
  /** The end of the log. */
  readonly seq: number
  /** All entries from the asked place to that end, where they are small; else none. */
  readonly entries: readonly LogEntry[]
}

export interface NewsListener {
  /** The log goes up to `seq` at least. */
  onEntry(seq: number): void
  /** The log was deleted. */
  onGone(): void
}

const LOGS_REMEMBERED = 256
const ENTRIES_READ = 256

/** Tells followers of new entries; one watch of the engine serves all of them. */
export class NewsHub {
  readonly #log: Log
  readonly #listenersByLog = new Map<string, Set<NewsListener>>()
  /** The newest small entries, without a gap: what most followers lack, so that they need not be read for each. */
  readonly #newestByLog = new BoundedMap<string, readonly LogEntry[]>(LOGS_REMEMBERED)
  /** Reads under way, shared by followers that stand at one place. */
  readonly #reads = new Map<string, Promise<News>>()

  constructor(log: Log) {
    this.#log = log
  }

  /** Listens to the engine; returns what ends it. */
  start(): () => void {
    return this.#log.watch((log, seq) => {
      // A turn later those who appended have left the entry here, so that it need not be read.
      setImmediate(() => {
        for (const listener of [...(this.#listenersByLog.get(log) ?? [])]) listener.onEntry(seq)
      })
    })
  }

  subscribe(log: string, listener: NewsListener): () => void {
    const listeners = this.#listenersByLog.get(log) ?? new Set()
    this.#listenersByLog.set(log, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listenersByLog.get(log) === listeners)
        this.#listenersByLog.delete(log)
    }
  }

  /** Keeps an entry that was just appended, for those who follow. */
  remember(log: string, entry: LogEntry): void {
    if (!this.#listenersByLog.has(log)) {
      this.#newestByLog.delete(log)
      return
    }
    const before = this.#newestByLog.get(log) ?? []
    const follows = before.at(-1)?.seq === entry.seq - 1
    this.#newestByLog.set(log, cutToSize(follows ? [...before, entry] : [entry]))
  }

  /** Keeps nothing of a log: what was remembered may have been redacted. */
  forget(log: string): void {
    this.#newestByLog.delete(log)
  }

  gone(log: string): void {
    this.forget(log)
    for (const listener of [...(this.#listenersByLog.get(log) ?? [])]) listener.onGone()
  }

  /** What there is after a place of a log. */
  async newsAfter(log: string, after: number): Promise<News> {
    const newest = this.#newestByLog.get(log) ?? []
    const entries = newest.filter(entry => entry.seq > after)
    const last = entries.at(-1)
    if (last !== undefined && entries[0]?.seq === after + 1) return { seq: last.seq, entries }
    const key = `${after} ${log}`
    const read = this.#reads.get(key) ?? this.#read(log, after).finally(() => this.#reads.delete(key))
    this.#reads.set(key, read)
    return read
  }

  async #read(log: string, after: number): Promise<News> {
    const { entries, head } = await this.#log.read(log, after, { limit: ENTRIES_READ, bytes: NEWS_BYTES })
    const isWhole = after + entries.length === head.seq && sizeOf(entries) <= NEWS_BYTES
    return { seq: head.seq, entries: isWhole ? entries : [] }
  }
}

function cutToSize(entries: readonly LogEntry[]): readonly LogEntry[] {
  let start = Math.max(0, entries.length - ENTRIES_READ)
  let size = sizeOf(entries.slice(start))
  while (size > NEWS_BYTES && start < entries.length) {
    size -= (entries[start] as LogEntry).pack.length
    start += 1
  }
  return entries.slice(start)
}

function sizeOf(entries: readonly LogEntry[]): number {
  return entries.reduce((size, { pack }) => size + pack.length, 0)
}
