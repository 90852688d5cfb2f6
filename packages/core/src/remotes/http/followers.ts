import type { FirekeepError } from '../../errors.js'
import { reportUncaught } from '../../primitives/emitter.js'
import type { LogEntry, RemoteEvent } from '../../protocol/remote.js'

interface Follower {
  readonly listener: (event: RemoteEvent) => void
  /** The end of the log as far as this one was told. */
  after: number
  isLost: boolean
}

/** Those who follow one log. Each is told what it was not told before. */
export class Followers {
  readonly #all = new Set<Follower>()
  /** The end of the log as far as any was told. */
  #seq = 0

  get seq(): number {
    return this.#seq
  }

  get size(): number {
    return this.#all.size
  }

  /** What to follow after, so that nobody misses anything. */
  get after(): number {
    return Math.min(...[...this.#all].map(({ after }) => after))
  }

  add(after: number, listener: (event: RemoteEvent) => void): () => void {
    const follower = { listener, after, isLost: false }
    this.#all.add(follower)
    // The server tells of a log once; who comes later is told from here, but not within the call.
    queueMicrotask(() => {
      if (this.#seq > follower.after) this.#tellNews(follower, this.#seq, [])
    })
    return () => this.#all.delete(follower)
  }

  tellNews(seq: number, entries: readonly LogEntry[]): void {
    this.#seq = Math.max(this.#seq, seq)
    for (const follower of [...this.#all]) this.#tellNews(follower, seq, entries)
  }

  tellLost(error: FirekeepError): void {
    // What is there when it is back is another question.
    this.#seq = 0
    for (const follower of [...this.#all]) {
      if (follower.isLost) continue
      follower.isLost = true
      this.#tell(follower, { kind: 'lost', error })
    }
  }

  /** There is a connection again; the log goes up to `seq` at least. */
  tellRestored(seq: number): void {
    for (const follower of [...this.#all]) {
      if (!follower.isLost) continue
      follower.isLost = false
      // The log may be shorter than it was, and grow from there.
      follower.after = Math.min(follower.after, seq)
      this.#tell(follower, { kind: 'restored' })
    }
  }

  #tellNews(follower: Follower, seq: number, entries: readonly LogEntry[]): void {
    // What is less than before is told as well: a needless hint is better than one that is missing.
    if (seq === follower.after && entries.length === 0) return
    follower.after = seq
    this.#tell(follower, { kind: 'news', seq, entries })
  }

  #tell(follower: Follower, event: RemoteEvent): void {
    if (!this.#all.has(follower)) return
    try {
      follower.listener(event)
    } catch (error) {
      reportUncaught(error)
    }
  }
}
