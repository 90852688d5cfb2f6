import { FirekeepError, type FirekeepErrorCode } from '../../errors.js'

/** What a server says of a failure, in a message or as the JSON of an HTTP answer. */
export interface ServerFailure {
  readonly code: string
  readonly message: string
  /** Names the request in the logs of the server. */
  readonly request: string
  /** The server's time, milliseconds since 1970. */
  readonly time: number
  readonly retryAfter?: number
  readonly limit?: 'database'
}

/** What a server may answer with. Any other code, also of ours, would let it fake what happened on this device. */
const ACCEPTED: ReadonlySet<string> = new Set<FirekeepErrorCode>([
  'NOT_FOUND',
  'CORRUPT',
  'BLOCK_MISSING',
  'UNSUPPORTED_FORMAT',
  'REMOTE_UNAVAILABLE',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'GONE',
])
const LONGEST_MESSAGE = 300
/** However long a server wants to be left alone, it is asked again after this. */
const LONGEST_WAIT = 300_000

/** The error of the port for what a server says. */
export function errorOfServer({
  code,
  message,
  request,
  time,
  retryAfter,
  limit,
}: ServerFailure): FirekeepError {
  const text = `the server says: ${message.slice(0, LONGEST_MESSAGE)}`
  const details = {
    request,
    time,
    ...(retryAfter === undefined ? {} : { retryAfter: boundWait(retryAfter) }),
    ...(limit === undefined ? {} : { limit }),
  }
  if (ACCEPTED.has(code)) return new FirekeepError(code as FirekeepErrorCode, text, { details })
  return new FirekeepError('REMOTE_UNAVAILABLE', text, { details: { ...details, code } })
}

/** `REMOTE_UNAVAILABLE`, for what went wrong between here and the server. */
export function unavailable(
  message: string,
  { cause, retryAfter }: { readonly cause?: unknown; readonly retryAfter?: number } = {},
): FirekeepError {
  const details = retryAfter === undefined ? {} : { retryAfter: boundWait(retryAfter) }
  return new FirekeepError('REMOTE_UNAVAILABLE', message, { cause, details })
}

/** As `unavailable`, of whatever was thrown; errors of the port stay as they are. */
export function toRemoteError(error: unknown, message: string): FirekeepError {
  if (error instanceof FirekeepError && error.code !== 'CORRUPT') return error
  return unavailable(message, { cause: error })
}

/** How long the server asked to be left alone, in milliseconds. */
export function retryAfterOf(error: FirekeepError): number | undefined {
  const { retryAfter } = error.details
  return typeof retryAfter === 'number' ? retryAfter : undefined
}

function boundWait(milliseconds: number): number {
  return Math.min(milliseconds, LONGEST_WAIT)
}
