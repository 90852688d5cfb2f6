import type { FirekeepError } from '../../errors.js'
import { ENVELOPE_BYTES } from '../../protocol/limits.js'
import type { RequestMessage, ServerMessage } from '../../protocol/messages.js'
import { createAbort } from '../create-abort.js'
import { type ExchangeReply, type ExchangeRequest, exchange } from './exchange.js'
import type { HttpPlatform } from './http-platform.js'
import { DIAL_MILLISECONDS, type Link, type LinkListener, type Welcome } from './link.js'
import { NewsPoll } from './news-poll.js'
import type { ServerAddress } from './server-address.js'
import { toRemoteError, unavailable } from './server-error.js'

/** The most requests of one exchange, so that answers stay small. */
const MOST_REQUESTS = 16

/** Says hello by an exchange. Rejects when there is no `welcome` in 15 s, or when the signal fires. */
export async function dialPolling(
  address: ServerAddress,
  platform: HttpPlatform,
  signal: AbortSignal,
): Promise<Link> {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  const cancel = platform.schedule(DIAL_MILLISECONDS, stop)
  signal.addEventListener('abort', stop)
  try {
    const { welcome } = await exchange(address, platform, { messages: [], signal: controller.signal })
    return new PollingLink(address, platform, welcome)
  } catch (error) {
    if (signal.aborted || !controller.signal.aborted) throw error
    throw unavailable('the server does not answer', { cause: error })
  } finally {
    cancel()
    signal.removeEventListener('abort', stop)
  }
}

interface Queued {
  readonly message: RequestMessage
  readonly encoded: Uint8Array
}

/** Exchanges that behave like one connection: each opens again the logs that it is about. */
class PollingLink implements Link {
  readonly transport = 'polling'
  readonly unsent = 0
  readonly welcome: Welcome
  readonly #address: ServerAddress
  readonly #platform: HttpPlatform
  readonly #ended = createAbort()
  readonly #openByLog = new Map<string, Uint8Array>()
  readonly #news: NewsPoll
  #outbox: Queued[] = []
  #cancelFlush: (() => void) | undefined
  #listener: LinkListener | undefined

  constructor(address: ServerAddress, platform: HttpPlatform, welcome: Welcome) {
    this.#address = address
    this.#platform = platform
    this.welcome = welcome
    this.#news = new NewsPoll({
      platform,
      signal: this.#ended.signal,
      exchange: request => this.#exchange(request),
      openOf: log => this.#openByLog.get(log),
      onMessage: message => this.#tell(message),
      onFailed: error => this.#fail(error),
    })
  }

  listen(listener: LinkListener): void {
    this.#listener = listener
  }

  send(message: RequestMessage, encoded: Uint8Array): void {
    if (this.#ended.signal.aborted) return
    if (message.kind === 'follow') {
      this.#news.follow(message)
      return
    }
    if (message.kind === 'close') {
      // There is nothing on the server to close.
      this.#openByLog.delete(message.log)
      this.#news.unfollow(message.log)
      queueMicrotask(() => this.#tell({ kind: 'done', id: message.id, value: {} }))
      return
    }
    if (message.kind === 'open') this.#openByLog.set(message.log, encoded)
    this.#outbox.push({ message, encoded })
    // What is asked in one turn goes together.
    this.#cancelFlush ??= this.#platform.schedule(0, () => this.#flush())
  }

  close(): void {
    this.#listener = undefined
    this.#fail(unavailable('the connection was closed'))
  }

  #flush(): void {
    this.#cancelFlush = undefined
    const waiting = this.#outbox
    this.#outbox = []
    // The body of an exchange is as large as one message may be, with room for hello and opens.
    const most = this.welcome.limits.frameBytes - ENVELOPE_BYTES
    for (let start = 0; start < waiting.length; ) {
      let end = start + 1
      let size = waiting[start]?.encoded.length ?? 0
      while (end < waiting.length && end - start < MOST_REQUESTS) {
        size += waiting[end]?.encoded.length ?? 0
        if (size > most) break
        end += 1
      }
      void this.#ask(waiting.slice(start, end))
      start = end
    }
  }

  async #ask(requests: readonly Queued[]): Promise<void> {
    const opens = new Map<string, Uint8Array>()
    for (const { message } of requests) {
      const open = this.#openByLog.get(message.log)
      if (open !== undefined) opens.set(message.log, open)
    }
    // Opens come first: what they open is used by the rest.
    const rest = requests.filter(({ message, encoded }) => opens.get(message.log) !== encoded)
    try {
      const messages = [...opens.values(), ...rest.map(({ encoded }) => encoded)]
      const reply = await this.#exchange({ messages, signal: this.#ended.signal })
      const isAgain = this.#askAgain(requests, reply)
      for (const message of reply.messages) if (!isAgain(message)) this.#tell(message)
      this.#failUnanswered(requests, reply)
    } catch (thrown) {
      const error = toRemoteError(thrown, 'the exchange with the server failed')
      if (error.code === 'LIMIT_EXCEEDED') this.#refuse(requests, error)
      else this.#fail(error)
    }
  }

  #exchange(request: ExchangeRequest): Promise<ExchangeReply> {
    const { frameBytes } = this.welcome.limits
    return exchange(this.#address, this.#platform, { ...request, frameBytes })
  }

  /** An answer that was full already is no failure of what it left out; all but the first may be left out. */
  #askAgain(requests: readonly Queued[], { messages }: ExchangeReply): (message: ServerMessage) => boolean {
    const left = new Set<ServerMessage>()
    for (const message of messages) {
      if (message.kind !== 'error' || message.code !== 'LIMIT_EXCEEDED' || message.retryAfter !== 0) continue
      const request = requests.find(({ message: { id } }) => id === message.id)
      if (request === undefined || requests.length === 1) continue
      left.add(message)
      this.send(request.message, request.encoded)
    }
    return message => left.has(message)
  }

  /** The exchange is over, so what it left unanswered stays so. */
  #failUnanswered(requests: readonly Queued[], { messages }: ExchangeReply): void {
    const answered = new Set(messages.map(message => ('id' in message ? message.id : undefined)))
    const left = requests.filter(({ message }) => !answered.has(message.id))
    this.#refuse(left, unavailable('the server left a request unanswered'))
  }

  #refuse(requests: readonly Queued[], error: FirekeepError): void {
    for (const { message } of requests) this.#listener?.onRefused(message.id, error)
  }

  #tell(message: ServerMessage): void {
    if (!this.#ended.signal.aborted) this.#listener?.onMessage(message)
  }

  #fail(error: FirekeepError): void {
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    this.#cancelFlush?.()
    this.#listener?.onClosed(error)
  }
}
