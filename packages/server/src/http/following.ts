import { FirekeepError, type ServerMessage } from '@firekeep/core/protocol'
import type { NewsHub } from './news-hub.js'

export interface FollowingParts {
  readonly news: NewsHub
  readonly isOpen: (log: string) => boolean
  /** There may be news. */
  readonly onDue: () => void
  /** A log is not open any more for which there is news. */
  readonly onExpired: (log: string) => void
  readonly onGone: (log: string) => void
}

/**
 * The logs that a connection follows. News waits as a mark, one a log, and becomes a message only when the
 * connection has room for it: a reader that stopped costs nothing more, whatever is appended meanwhile.
 */
export class Following {
  readonly #news: NewsHub
  readonly #onDue: () => void
  readonly #isOpen: (log: string) => boolean
  readonly #onExpired: (log: string) => void
  readonly #onGone: (log: string) => void
  readonly #followedByLog = new Map<string, Followed>()
  readonly #due = new Set<Followed>()

  constructor(parts: FollowingParts) {
    this.#news = parts.news
    this.#onDue = parts.onDue
    this.#isOpen = parts.isOpen
    this.#onExpired = parts.onExpired
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

  /**
   * The next message of news; `undefined` where nothing is new. Rejects where a log could not be read and no other
   * has news: what may be new there stays due.
   */
  async next(): Promise<ServerMessage | undefined> {
    const failed = new Map<Followed, unknown>()
    try {
      for (const followed of this.#due) {
        this.#due.delete(followed)
        const message = await this.#read(followed).catch(error => void failed.set(followed, error))
        if (message !== undefined) return message
      }
      for (const error of failed.values()) throw error
      return undefined
    } finally {
      for (const followed of failed.keys()) if (this.#isFollowed(followed)) this.#due.add(followed)
    }
  }

  close(): void {
    for (const { stop } of this.#followedByLog.values()) stop()
    this.#followedByLog.clear()
    this.#due.clear()
  }

  async #read(followed: Followed): Promise<ServerMessage | undefined> {
    const { log, after } = followed
    try {
      const { seq, entries } = await this.#news.newsAfter(log, after)
      // The log may have been closed, or followed from elsewhere, while it was read.
      if (seq <= after || !this.#isFollowed(followed)) return undefined
      if (!this.#isOpen(log)) return void this.#onExpired(log)
      followed.after = seq
      return { kind: 'news', log, seq, entries }
    } catch (error) {
      const isGone = error instanceof FirekeepError && error.code === 'GONE'
      if (!(isGone && this.#isFollowed(followed))) throw error
      this.#onGone(log)
      return undefined
    }
  }

  #isFollowed(followed: Followed): boolean {
    return this.#followedByLog.get(followed.log) === followed
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
