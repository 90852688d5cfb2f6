import {
  type ClientMessage,
  encodeMessage,
  FirekeepError,
  type RequestMessage,
  type ServerMessage,
} from '@firekeep/core/protocol'
import type { Metrics } from '../admin/metrics.js'
import type { AddressBuckets } from '../limits/address-buckets.js'
import { tooMuch } from '../limits/too-much.js'
import { Connection, type ConnectionParts } from './connection.js'
import { mayBeLarge } from './may-be-large.js'
import { requestCost } from './request-cost.js'

export interface ExchangeParts extends ConnectionParts {
  readonly welcome: (versions: readonly number[], audience: string) => ServerMessage
  /** Requests of an address. */
  readonly requests: AddressBuckets
  readonly metrics: Metrics
  /** The most bytes of an answer, its last message excepted. */
  readonly answerBytes: number
}

export interface ExchangeUse {
  readonly id: string
  readonly address: string
  readonly audience: string
  readonly audiences: readonly string[]
  /** How long the answer may be held back for news, in milliseconds. */
  readonly wait: number
  /** Fires when the client went away. */
  readonly signal: AbortSignal
}

/**
 * An exchange of long polling: a connection for the length of one request. Answers come in any order, the `welcome`
 * first; where a log is followed, the answer waits for news.
 */
export async function exchange(
  messages: readonly ClientMessage[],
  parts: ExchangeParts,
  use: ExchangeUse,
): Promise<readonly ServerMessage[]> {
  const [hello, ...requests] = messages
  if (hello?.kind !== 'hello') throw new FirekeepError('UNSUPPORTED_FORMAT', 'the first message is `hello`')
  const answers = new Answers(parts.answerBytes)
  answers.add(parts.welcome(hello.versions, use.audience))
  const wake = new Wake()
  const connection = new Connection(parts, {
    ...use,
    onNews: () => wake.call(),
    onClosedLog: message => {
      answers.add(message)
      wake.call()
    },
  })
  try {
    await answerAll(requests, { connection, answers, parts, use })
    await untilNews({ connection, answers, parts, use }, wake)
    await addNews(connection, answers)
    return answers.messages
  } finally {
    connection.close()
  }
}

interface Exchange {
  readonly connection: Connection
  readonly answers: Answers
  readonly parts: ExchangeParts
  readonly use: ExchangeUse
}

async function answerAll(requests: readonly ClientMessage[], exchange: Exchange): Promise<void> {
  const large: RequestMessage[] = []
  const small: Promise<void>[] = []
  for (const request of requests) {
    if (request.kind === 'hello') throw new FirekeepError('UNSUPPORTED_FORMAT', '`hello` comes once')
    if (mayBeLarge(request)) large.push(request)
    else small.push(answerOne(request, exchange))
  }
  // One after the other, as each is held in memory until the answer goes out.
  for (const request of large) await answerOne(request, exchange)
  await Promise.all(small)
}

async function answerOne(
  request: RequestMessage,
  { connection, answers, parts, use }: Exchange,
): Promise<void> {
  const wait = parts.requests.take(use.address, requestCost(request))
  if (wait > 0) parts.metrics.countRateLimited('requests')
  if (wait > 0) return answers.add(connection.refuse(tooMuch('too many requests at once', wait), request.id))
  if (answers.isFull)
    return answers.add(connection.refuse(tooMuch('the answer is full; ask again', 0), request.id))
  answers.add(await connection.answer(request))
}

async function untilNews({ connection, answers, parts, use }: Exchange, wake: Wake): Promise<void> {
  if (connection.followed === 0 || use.wait === 0) return
  const stop = parts.drain.onBegin(() => wake.call())
  const timer = setTimeout(() => wake.stop(), use.wait)
  use.signal.addEventListener('abort', () => wake.stop(), { once: true })
  try {
    while (!wake.isStopped && !parts.drain.isDraining && !use.signal.aborted) {
      // A mark may stand for nothing new: then the wait goes on.
      const news = connection.hasNews ? await connection.nextNews() : undefined
      if (news !== undefined) return answers.add(news)
      if (connection.followed === 0) return
      await wake.next()
    }
  } finally {
    clearTimeout(timer)
    stop()
  }
}

async function addNews(connection: Connection, answers: Answers): Promise<void> {
  while (connection.hasNews && !answers.isFull) {
    const news = await connection.nextNews()
    if (news !== undefined) answers.add(news)
  }
}

/** Wakes who waits; a call before the wait counts. */
class Wake {
  isStopped = false
  #isCalled = false
  #resolve: (() => void) | undefined

  call(): void {
    this.#isCalled = true
    this.#resolve?.()
  }

  stop(): void {
    this.isStopped = true
    this.call()
  }

  async next(): Promise<void> {
    if (!this.#isCalled) await new Promise<void>(resolve => (this.#resolve = resolve))
    this.#isCalled = false
  }
}

class Answers {
  readonly messages: ServerMessage[] = []
  readonly #most: number
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.#bytes >= this.#most
  }

  add(message: ServerMessage): void {
    this.messages.push(message)
    this.#bytes += encodeMessage(message).length
  }
}
