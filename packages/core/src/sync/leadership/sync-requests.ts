import { FirekeepError, type FirekeepErrorCode, hasErrorCode } from '../../errors.js'
import { MEANING_BY_CODE } from '../status/event-of-error.js'
import type { SyncHandler } from './leadership.js'
import type { SyncAnswer, SyncQuestion } from './tab-message.js'

export interface SyncRequestsParts {
  /** Names this tab. */
  readonly id: string
  readonly isLeader: () => boolean
  readonly post: (message: SyncQuestion | SyncAnswer) => void
}

/**
 * Requests for a full sync. Each goes to whoever leads, again when another tab does, until it is answered; those of
 * the leader itself go to its handler like those of others.
 */
export class SyncRequests {
  readonly #parts: SyncRequestsParts
  readonly #ownById = new Map<string, Request>()
  /** What this tab was asked while it leads, by itself or others, and has not answered. */
  readonly #questionById = new Map<string, SyncQuestion>()
  #handler: SyncHandler | undefined
  #leader: string | undefined
  #count = 0
  #isClosed = false

  constructor(parts: SyncRequestsParts) {
    this.#parts = parts
  }

  /** Asks; resolves and rejects as `Leadership.requestSync` says. */
  request(clock: readonly string[], signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedError())
      if (signal?.aborted) return reject(abortedError(signal))
      const id = `${this.#parts.id}/${++this.#count}`
      const settle = (error?: Error) => {
        this.#ownById.delete(id)
        signal?.removeEventListener('abort', abort)
        if (error === undefined) resolve()
        else reject(error)
      }
      const abort = () => settle(abortedError(signal))
      signal?.addEventListener('abort', abort)
      const request = {
        question: { kind: 'sync', from: this.#parts.id, id, clock: [...clock] },
        settle,
      } as const
      this.#ownById.set(id, request)
      this.#send(request)
    })
  }

  /** Sets who serves what this tab is asked while it leads. */
  serve(handler: SyncHandler): () => void {
    this.#handler = handler
    for (const question of this.#questionById.values()) void this.#answer(question, handler)
    return () => {
      if (this.#handler === handler) this.#handler = undefined
    }
  }

  /** Takes a question of any tab; only the leader does. */
  ask(question: SyncQuestion): void {
    if (!this.#parts.isLeader() || this.#questionById.has(question.id)) return
    this.#questionById.set(question.id, question)
    if (this.#handler !== undefined) void this.#answer(question, this.#handler)
  }

  /** Takes an answer to a question of this tab. */
  settle({ id, error }: Pick<SyncAnswer, 'id' | 'error'>): void {
    this.#ownById.get(id)?.settle(error && answerToError(error))
  }

  /** Who leads now, as far as it is known: asks him what is open. */
  follow(leader: string | undefined): void {
    if (leader === this.#leader) return
    this.#leader = leader
    if (leader !== this.#parts.id) this.#questionById.clear()
    if (leader === undefined) return
    for (const request of [...this.#ownById.values()]) this.#send(request)
  }

  close(): void {
    this.#isClosed = true
    this.#handler = undefined
    this.#questionById.clear()
    for (const { settle } of [...this.#ownById.values()]) settle(closedError())
  }

  #send({ question }: Request): void {
    if (this.#parts.isLeader()) this.ask(question)
    else this.#parts.post(question)
  }

  async #answer(question: SyncQuestion, handler: SyncHandler): Promise<void> {
    const { id, from } = question
    const error = await handler(question.clock).then(() => undefined, asError)
    // Who no longer leads cannot tell: the question goes to his successor.
    if (this.#questionById.get(id) !== question || !this.#parts.isLeader()) return
    this.#questionById.delete(id)
    if (from === this.#parts.id) return this.#ownById.get(id)?.settle(error)
    // This tab is leaving, which is not the asker's affair: there will be another leader to ask.
    if (hasErrorCode(error, 'CLOSED')) return
    this.#parts.post({
      kind: 'synced',
      from: this.#parts.id,
      id,
      ...(error && { error: errorToAnswer(error) }),
    })
  }
}

interface Request {
  readonly question: SyncQuestion
  readonly settle: (error?: Error) => void
}

function errorToAnswer(error: Error): NonNullable<SyncAnswer['error']> {
  const { code, message } = error as Partial<FirekeepError> & Error
  return { code: isErrorCode(code) ? code : 'INTERNAL', message }
}

/** What a newer version of the page may name is no code here. */
function answerToError({ code, message }: NonNullable<SyncAnswer['error']>): FirekeepError {
  return new FirekeepError(isErrorCode(code) ? code : 'INTERNAL', message)
}

function isErrorCode(code: string | undefined): code is FirekeepErrorCode {
  return code !== undefined && Object.hasOwn(MEANING_BY_CODE, code)
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new FirekeepError('INTERNAL', String(reason), { cause: reason })
}

function closedError(): FirekeepError {
  return new FirekeepError('CLOSED', 'the remote was detached')
}

function abortedError(signal: AbortSignal | undefined): FirekeepError {
  return new FirekeepError('ABORTED', 'the call was aborted', { cause: signal?.reason })
}
