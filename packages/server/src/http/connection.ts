import type { RequestMessage, ServerMessage } from '@firekeep/core/protocol'
import type { Dispatcher, Peer } from './dispatch.js'
import type { Drain } from './drain.js'
import type { ErrorReporter } from './error-reporter.js'
import { Following } from './following.js'
import type { NewsHub } from './news-hub.js'
import { OpenLogs } from './open-logs.js'

export interface ConnectionParts {
  readonly dispatcher: Dispatcher
  readonly news: NewsHub
  readonly reporter: ErrorReporter
  readonly drain: Drain
  readonly logsPerConnection: number
  readonly now: () => number
}

/** Where a connection comes from, and what it does by itself. */
export interface ConnectionUse {
  readonly id: string
  readonly address: string
  readonly audiences: readonly string[]
  /** There may be news: `nextNews` tells. */
  readonly onNews: () => void
  /** A log was closed by the server, with this message. */
  readonly onClosedLog: (message: ServerMessage) => void
}

/** The longest that a timer of the platform waits. */
const LONGEST_TIMER = 2 ** 31 - 1

/** What a client has opened and follows, over a WebSocket or for the length of one exchange. */
export class Connection implements Peer {
  readonly logs: OpenLogs
  readonly #parts: ConnectionParts
  readonly #use: ConnectionUse
  readonly #following: Following
  #expiry: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(parts: ConnectionParts, use: ConnectionUse) {
    this.#parts = parts
    this.#use = use
    this.logs = new OpenLogs({ most: parts.logsPerConnection, now: parts.now })
    this.#following = new Following({
      news: parts.news,
      isOpen: log => this.logs.has(log),
      onDue: use.onNews,
      onExpired: log => this.#closeLog(log, 'the token has expired'),
      onGone: log => this.#closeLog(log, 'the database was deleted'),
    })
  }

  get address(): string {
    return this.#use.address
  }

  get audiences(): readonly string[] {
    return this.#use.audiences
  }

  get hasNews(): boolean {
    return this.#following.hasDue
  }

  get followed(): number {
    return this.#following.size
  }

  /** Answers a request; never rejects. */
  async answer(request: RequestMessage): Promise<ServerMessage> {
    const { dispatcher, drain } = this.#parts
    try {
      const value = await drain.run(() => dispatcher.dispatch(request, this))
      if (request.kind === 'open') this.#armExpiry()
      return { kind: 'done', id: request.id, value }
    } catch (error) {
      return this.refuse(error, request.id)
    }
  }

  /** The message that says why a request failed; `id` 0 for the connection itself. */
  refuse(error: unknown, id: number): ServerMessage {
    return { kind: 'error', id, ...this.#parts.reporter.refuse(error, `${this.#use.id}-${id}`) }
  }

  /** The next message of news; `undefined` where there is none. */
  nextNews(): Promise<ServerMessage | undefined> {
    return this.#following.next()
  }

  follow(log: string, after: number): void {
    if (!this.#isClosed) this.#following.follow(log, after)
  }

  unfollow(log: string): void {
    this.#following.unfollow(log)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#expiry)
    this.#following.close()
  }

  /** One timer for all tokens of a connection: for the one that expires next. */
  #armExpiry(): void {
    clearTimeout(this.#expiry)
    const next = this.logs.nextExpiry()
    if (next === undefined || this.#isClosed) return
    const wait = Math.min(Math.max(0, next - this.#parts.now()), LONGEST_TIMER)
    this.#expiry = setTimeout(() => this.#closeExpired(), wait)
    this.#expiry.unref()
  }

  #closeExpired(): void {
    for (const log of this.logs.takeExpired()) this.#closeLog(log, 'the token has expired')
    this.#armExpiry()
  }

  #closeLog(log: string, message: string): void {
    this.logs.close(log)
    this.#following.unfollow(log)
    const time = this.#parts.now()
    this.#use.onClosedLog({ kind: 'error', id: 0, code: 'UNAUTHORIZED', message, request: log, time })
  }
}
