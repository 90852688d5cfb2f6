import {
  decodeClientMessage,
  encodeMessage,
  FirekeepError,
  type RequestMessage,
  type ServerMessage,
} from '@firekeep/core/protocol'
import type { WebSocket } from 'ws'
import type { Metrics } from '../admin/metrics.js'
import type { Limits } from '../limits/limits.js'
import { TokenBucket } from '../limits/token-bucket.js'
import { tooMuch } from '../limits/too-much.js'
import type { Connection } from './connection.js'
import { mayBeLarge } from './may-be-large.js'
import { Outbox } from './outbox.js'
import { requestCost } from './request-cost.js'

export interface SocketSessionParts {
  readonly socket: WebSocket
  /** Makes the connection; it tells here of news and of logs that it closed. */
  readonly connect: (use: { onNews: () => void; onClosedLog: (message: ServerMessage) => void }) => Connection
  readonly welcome: (versions: readonly number[]) => ServerMessage
  readonly limits: Limits
  readonly metrics: Metrics
  readonly now: () => number
  readonly onCut: (reason: string) => void
}

/** Close codes of RFC 6455 and its registry. */
const PROTOCOL_ERROR = 1002
const NOT_BINARY = 1003
const TRY_AGAIN_LATER = 1013

/** What may be under way for one connection before no more is read from it. */
const REQUESTS_AT_ONCE = 256
const BYTES_AT_ONCE = 32 * 1024 * 1024
/** How long a reader that was cut has to take the close frame. */
const CUT_GRACE = 1000
/** After how long news is looked for again where that failed. */
const NEWS_RETRY = 1000

/** One WebSocket: its first message, its requests and answers, its news, its end. */
export class SocketSession {
  readonly #parts: SocketSessionParts
  readonly #connection: Connection
  readonly #outbox: Outbox
  readonly #requests: TokenBucket
  #hello: NodeJS.Timeout | undefined
  #retry: NodeJS.Timeout | undefined
  #isGreeted = false
  #isEnded = false
  #isAlive = true
  #isTelling = false
  #openLogs = 0
  #underWay = 0
  #bytesUnderWay = 0
  /** Settles when the answers before that may be large were made: one at a time, and only into an empty outbox. */
  #largeAnswers: Promise<void> = Promise.resolve()

  constructor(parts: SocketSessionParts) {
    const { limits, now } = parts
    this.#parts = parts
    this.#connection = parts.connect({
      onNews: () => this.#tellSoon(),
      onClosedLog: message => this.#send(message),
    })
    this.#outbox = new Outbox({
      sendPart: (part, isLast, done) => parts.socket.send(part, { binary: true, fin: isLast }, done),
      queueBytes: limits.queueBytes,
      stallTimeout: limits.stallTimeout,
      onStalled: reason => this.#cut(reason),
      onDrained: () => this.#tellSoon(),
    })
    this.#requests = new TokenBucket(limits.requestsPerSecond, 2 * limits.requestsPerSecond, now())
  }

  /** Starts listening; once. */
  start(): void {
    const { socket, limits } = this.#parts
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary))
    socket.on('pong', () => {
      this.#isAlive = true
    })
    socket.on('close', () => this.end())
    // What went wrong shows in the `close` that follows; without a listener it would end the process.
    socket.on('error', () => undefined)
    this.#hello = setTimeout(() => {
      this.#fail(new FirekeepError('UNSUPPORTED_FORMAT', 'no `hello` came in time'))
    }, limits.helloTimeout)
    this.#hello.unref()
  }

  /** Asks for a sign of life, and ends a socket that gave none since the last time. */
  ping(): void {
    const { socket } = this.#parts
    // One that is being written to is judged by its outbox, and one that is not read from cannot answer.
    if (!this.#isAlive && !this.#outbox.isSending && !socket.isPaused) socket.terminate()
    this.#isAlive = false
    if (socket.readyState === socket.OPEN) socket.ping()
  }

  /** Tells the client that the server goes away. */
  sayClosing(retryAfter: number): void {
    this.#send({ kind: 'closing', retryAfter })
  }

  /** Closes the socket after what was to be sent. */
  async close(code: number): Promise<void> {
    await this.#outbox.drained()
    this.#parts.socket.close(code)
  }

  /** Lets go of everything; idempotent. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearTimeout(this.#hello)
    clearTimeout(this.#retry)
    this.#connection.close()
    this.#outbox.close()
    this.#parts.metrics.addOpenLogs(-this.#openLogs)
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#isEnded) return
    this.#isAlive = true
    this.#parts.metrics.countBytes('in', data.length)
    if (isBinary) this.#take(new Uint8Array(data.buffer, data.byteOffset, data.length))
    else this.#parts.socket.close(NOT_BINARY)
  }

  #take(bytes: Uint8Array): void {
    try {
      const message = decodeClientMessage(bytes)
      if (message.kind === 'hello') this.#greet(message.versions)
      else if (this.#isGreeted) this.#serve(message, bytes.length).catch(error => this.#fail(error))
      else throw new FirekeepError('UNSUPPORTED_FORMAT', 'the first message is `hello`')
    } catch (error) {
      this.#fail(error)
    }
  }

  #greet(versions: readonly number[]): void {
    clearTimeout(this.#hello)
    if (this.#isGreeted) throw new FirekeepError('UNSUPPORTED_FORMAT', '`hello` comes once')
    this.#isGreeted = true
    this.#send(this.#parts.welcome(versions))
  }

  async #serve(request: RequestMessage, bytes: number): Promise<void> {
    const { now, metrics } = this.#parts
    const wait = this.#requests.take(now(), requestCost(request))
    if (wait > 0) {
      metrics.countRateLimited('requests')
      return this.#send(this.#connection.refuse(tooMuch('too many requests at once', wait), request.id))
    }
    this.#countUnderWay(1, bytes)
    try {
      await (mayBeLarge(request) ? this.#answerInTurn(request) : this.#answer(request))
    } finally {
      this.#countUnderWay(-1, -bytes)
    }
  }

  async #answer(request: RequestMessage): Promise<void> {
    this.#send(await this.#connection.answer(request))
    this.#countOpenLogs()
  }

  #answerInTurn(request: RequestMessage): Promise<void> {
    const answer = this.#largeAnswers.then(async () => {
      await this.#outbox.drained()
      if (!this.#isEnded) await this.#answer(request)
    })
    this.#largeAnswers = answer.catch(() => undefined)
    return answer
  }

  #tellSoon(): void {
    if (this.#isTelling || this.#isEnded) return
    this.#isTelling = true
    // Appends that came in one turn become one message.
    setImmediate(() => void this.#tell())
  }

  async #tell(): Promise<void> {
    try {
      while (this.#connection.hasNews && !this.#outbox.isSending && !this.#isEnded) {
        const news = await this.#connection.nextNews()
        if (news !== undefined) this.#send(news)
      }
    } catch (error) {
      // News is a hint: the client reads, and hears of the trouble there.
      this.#connection.refuse(error, 0)
      this.#tellLater()
    } finally {
      this.#isTelling = false
    }
  }

  #tellLater(): void {
    if (this.#isEnded) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#tellSoon(), NEWS_RETRY)
    this.#retry.unref()
  }

  #send(message: ServerMessage): void {
    if (this.#isEnded) return
    const bytes = encodeMessage(message)
    this.#parts.metrics.countBytes('out', bytes.length)
    this.#outbox.send(bytes)
  }

  #fail(error: unknown): void {
    clearTimeout(this.#hello)
    const refusal = error instanceof FirekeepError && error.code === 'CORRUPT' ? unsupported(error) : error
    this.#send(this.#connection.refuse(refusal, 0))
    void this.close(PROTOCOL_ERROR)
  }

  #cut(reason: string): void {
    const { socket, onCut } = this.#parts
    onCut(reason)
    this.end()
    socket.close(TRY_AGAIN_LATER, reason)
    setTimeout(() => socket.terminate(), CUT_GRACE).unref()
  }

  /** Reads no more from a client that has much under way: what it sends then waits at its side. */
  #countUnderWay(requests: number, bytes: number): void {
    const { socket } = this.#parts
    this.#underWay += requests
    this.#bytesUnderWay += bytes
    const isMuch = this.#underWay >= REQUESTS_AT_ONCE || this.#bytesUnderWay >= BYTES_AT_ONCE
    if (isMuch && !socket.isPaused) socket.pause()
    if (!isMuch && socket.isPaused) socket.resume()
  }

  #countOpenLogs(): void {
    if (this.#isEnded) return
    const { size } = this.#connection.logs
    this.#parts.metrics.addOpenLogs(size - this.#openLogs)
    this.#openLogs = size
  }
}

function unsupported(error: FirekeepError): FirekeepError {
  return new FirekeepError('UNSUPPORTED_FORMAT', error.message, { cause: error })
}
