import { type ErrorMessage, FirekeepError, type FirekeepErrorCode } from '@firekeep/core/protocol'
import type { Logger } from 'pino'
import { describeError } from '../admin/describe-error.js'
import type { LogName } from '../admin/log-name.js'

/** What a client is told of a failure. */
export type Refusal = Omit<ErrorMessage, 'kind' | 'id'>

/** Codes that mean the same to a client as they do here. */
const TOLD: ReadonlySet<FirekeepErrorCode> = new Set([
  'UNAUTHORIZED',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'GONE',
  'NOT_FOUND',
  'BLOCK_MISSING',
  'UNSUPPORTED_FORMAT',
  'REMOTE_UNAVAILABLE',
  'ABORTED',
])

const STORAGE_RETRY = 5000

/** Turns failures into what a client is told, and writes down those that are ours. */
export class ErrorReporter {
  readonly #logger: Logger
  readonly #now: () => number
  readonly #logName: LogName

  constructor({ logger, now, logName }: { logger: Logger; now: () => number; logName: LogName }) {
    this.#logger = logger
    this.#now = now
    this.#logName = logName
  }

  /** `also`: a code that is the client's doing in this place and may be ours in others. */
  refuse(error: unknown, request: string, also?: FirekeepErrorCode): Refusal {
    const time = this.#now()
    if (!(error instanceof FirekeepError)) return this.#internal(error, request)
    const { code, message, details } = error
    if (TOLD.has(code) || code === also) {
      const { retryAfter, limit } = details
      this.#logger.debug({ request, code }, 'a request was refused')
      return {
        ...{ code, message, request, time },
        ...(typeof retryAfter === 'number' && { retryAfter }),
        ...(limit === 'database' && { limit }),
      }
    }
    // Storage that fails is away, to a client: `STORAGE_FAILED` would say that its own does. Messages may name files.
    if (code !== 'STORAGE_FAILED' && code !== 'CLOSED') return this.#internal(error, request)
    this.#logger.error({ request, error: describeError(error, this.#logName) }, 'the storage failed')
    return {
      code: 'REMOTE_UNAVAILABLE',
      message: 'the storage of the server does not work at the moment',
      request,
      time,
      retryAfter: STORAGE_RETRY,
    }
  }

  #internal(error: unknown, request: string): Refusal {
    this.#logger.error({ request, error: describeError(error, this.#logName) }, 'a request failed')
    const message = `an error of the server; its log tells more under request ${request}`
    return { code: 'INTERNAL', message, request, time: this.#now() }
  }
}
