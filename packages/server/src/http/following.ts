import type { ServerMessage } from '@firekeep/core/protocol'
import type { NewsHub } from './news-hub.js'

/**
 * The logs that a connection follows. News waits as a mark, one a log, and becomes a message only when the
 * connection has room for it: a reader that stopped costs nothing more, whatever is appended meanwhile.
 */
export class Following {
  readonly #news: NewsHub
  readonly #onDue: () => void
  readonly #onGone: (log: string) => void
  readonly #followedByLog = new Map<string, Followed>()
  readonly #due = new Set<Followed>()

  constructor(parts: { news: NewsHub; onDue: () => void; onGone: (log: string) => void }) {
    this.#news = parts.news
    this.#onDue = parts.onDue
    this.#onGone = parts.onGone
  }

  get size(): number {
    return this.#followedByLog.size
  }

  get hasDue(): boolean {
    return this.#due.size > 0
  }

  /** Follows a log from a place on, in the place of an earlier call. */
  follow(log: string, after: number): void {
    this.unfollow(log)
    const followed: Followed = { log, after, stop: () => undefined }
    followed.stop = this.#news.subscribe(log, {
      onEntry: seq => {
        if (seq > followed.after) this.#mark(followed)
      },
      onGone: () => this.#onGone(log),
    })
    this.#followedByLog.set(log, followed)
    // What was appended before is news as well.
    this.#mark(followed)
  }

  unfollow(log: string): void {
    const followed = this.#followedByLog.get(log)
    if (followed === undefined) return
    followed.stop()
    this.#followedByLog.delete(log)
    this.#due.delete(followed)
  }

  /** The next message of news; `undefined` where nothing is new. */
  async next(): Promise<ServerMessage | undefined> {
    for (const followed of this.#due) {
      this.#due.delete(followed)
      const { log, after } = followed
      const { seq, entries } = await this.#news.newsAfter(log, after)
      // The log may have been closed, or followed from elsewhere, while it was read.
      if (seq <= after || this.#followedByLog.get(log) !== followed) continue
      followed.after = seq
      return { kind: 'news', log, seq, entries }
    }
    return undefined
  }

  close(): void {
    for (const { stop } of this.#followedByLog.values()) stop()
    this.#followedByLog.clear()
    this.#due.clear()
  }

  #mark(followed: Followed): void {
    this.#due.add(followed)
    this.#onDue()
  }
}

interface Followed {
  readonly log: string
  after: number
  stop: () => void
}
