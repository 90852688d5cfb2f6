import type { FirekeepError } from '../../errors.js'
import { encodeMessage } from '../../protocol/message-codec.js'
import type { RequestMessage, ServerMessage } from '../../protocol/messages.js'
import type { ExchangeReply, ExchangeRequest } from './exchange.js'
import type { HttpPlatform } from './http-platform.js'
import { retryAfterOf, toRemoteError } from './server-error.js'

export interface NewsPollParts {
  readonly platform: HttpPlatform
  readonly signal: AbortSignal
  exchange(request: ExchangeRequest): Promise<ExchangeReply>
  /** The encoded `open` of a log. */
  openOf(log: string): Uint8Array | undefined
  onMessage(message: ServerMessage): void
  onFailed(error: FirekeepError): void
}

/** How long the server holds back an answer for news. */
const WAIT = 25_000
/** A server that answers at once without news is asked again after this. */
const LEAST_PAUSE = 1_000

type Follow = Extract<RequestMessage, { kind: 'follow' }>

/** One waiting exchange for all logs that are followed; sent anew when one more is. */
export class NewsPoll {
  readonly #parts: NewsPollParts
  readonly #followByLog = new Map<string, Follow>()
  #waiting: AbortController | undefined
  #isRunning = false

  constructor(parts: NewsPollParts) {
    this.#parts = parts
  }

  follow(message: Follow): void {
    this.#followByLog.set(message.log, message)
    if (this.#isRunning) this.#waiting?.abort()
    else {
      this.#isRunning = true
      // What is followed in one turn goes together.
      this.#parts.platform.schedule(0, () => void this.#run())
    }
  }

  unfollow(log: string): void {
    this.#followByLog.delete(log)
  }

  async #run(): Promise<void> {
    const { platform, signal, onFailed } = this.#parts
    while (this.#followByLog.size > 0 && !signal.aborted) {
      const start = platform.elapsed()
      try {
        if (await this.#poll()) continue
        const left = LEAST_PAUSE - (platform.elapsed() - start)
        if (left > 0) await this.#pause(left)
      } catch (thrown) {
        const error = toRemoteError(thrown, 'waiting for news failed')
        if (error.code !== 'LIMIT_EXCEEDED') {
          onFailed(error)
          return
        }
        await this.#pause(Math.max(LEAST_PAUSE, retryAfterOf(error) ?? 0))
      }
    }
    this.#isRunning = false
  }

  /** Waits for news once; answers whether to go on at once. */
  async #poll(): Promise<boolean> {
    const { signal, exchange, openOf } = this.#parts
    const waiting = new AbortController()
    const abort = (): void => waiting.abort()
    this.#waiting = waiting
    signal.addEventListener('abort', abort)
    try {
      const follows = [...this.#followByLog.values()]
      const opens = follows.map(({ log }) => openOf(log)).filter(open => open !== undefined)
      const messages = [...opens, ...follows.map(encodeMessage)]
      const { messages: replies } = await exchange({ messages, wait: WAIT, signal: waiting.signal })
      return replies.map(message => this.#take(message)).some(isNews => isNews)
    } catch (error) {
      // Sent anew, with one more log.
      if (waiting.signal.aborted) return true
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** Hands a message on; answers whether it told of something new. */
  #take(message: ServerMessage): boolean {
    if (message.kind === 'news') {
      const follow = this.#followByLog.get(message.log)
      if (follow === undefined || message.seq <= follow.after) return false
      this.#followByLog.set(message.log, { ...follow, after: message.seq })
      this.#parts.onMessage(message)
      return true
    }
    this.#parts.onMessage(message)
    if (message.kind === 'error') this.#endFollow(message)
    return false
  }

  /** A log that cannot be followed any more: as a server says it on a socket, unasked. */
  #endFollow(message: Extract<ServerMessage, { kind: 'error' }>): void {
    for (const { id, log } of [...this.#followByLog.values()]) {
      if (id !== message.id) continue
      this.#followByLog.delete(log)
      this.#parts.onMessage({ ...message, id: 0, request: log })
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const { platform, signal } = this.#parts
      const cancel = platform.schedule(milliseconds, done)
      function done(): void {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done)
    })
  }
}
