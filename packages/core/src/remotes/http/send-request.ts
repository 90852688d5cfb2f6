import { FirekeepError } from '../../errors.js'
import { bytesToUtf8 } from '../../primitives/bytes.js'
import { oneOf, record, text, wholeNumber } from '../../protocol/shape.js'
import type { HttpPlatform } from './http-platform.js'
import { readBody } from './read-body.js'
import { errorOfServer, type ServerFailure, toRemoteError, unavailable } from './server-error.js'

export interface HttpRequest {
  readonly url: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | Blob
  readonly signal: AbortSignal
  /** The longest that nothing may arrive; for a request with a body that grows with its length. */
  readonly patience: number
}

/** The slowest way up that is still waited for, bytes in a millisecond. */
const SLOWEST_UPLOAD = 8
const ERROR_BYTES = 65_536

/**
 * Sends a request and hands the answer to `use`, with a function to call when a part of the body arrived. Rejects
 * with what the server says unless `accepts` the status, and with `REMOTE_UNAVAILABLE` where nothing arrives.
 */
export async function sendRequest<T>(
  platform: HttpPlatform,
  request: HttpRequest & { accepts(status: number): boolean },
  use: (response: Response, onProgress: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const patience = request.patience + lengthOf(request.body) / SLOWEST_UPLOAD
  let cancel = platform.schedule(patience, () => controller.abort())
  const onProgress = (): void => {
    cancel()
    cancel = platform.schedule(request.patience, () => controller.abort())
  }
  const abort = (): void => controller.abort()
  request.signal.addEventListener('abort', abort)
  try {
    const response = await platform.fetch(request.url, toInit(request, controller.signal))
    onProgress()
    if (!request.accepts(response.status)) throw await failureOf(response, onProgress)
    return await use(response, onProgress)
  } catch (error) {
    if (request.signal.aborted) throw new FirekeepError('ABORTED', 'the call was aborted', { cause: error })
    throw toRemoteError(error, 'the server cannot be reached')
  } finally {
    cancel()
    request.signal.removeEventListener('abort', abort)
  }
}

function lengthOf(body: HttpRequest['body']): number {
  return body instanceof Uint8Array ? body.length : (body?.size ?? 0)
}

function toInit({ method, headers, body }: HttpRequest, signal: AbortSignal): RequestInit {
  return {
    method,
    headers,
    ...(body === undefined ? {} : { body: body as BodyInit }),
    signal,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    // Elsewhere nobody may see the token, whatever the server says.
    redirect: 'error',
  }
}

const FAILURE = record({
  error: record(
    {
      code: text(64),
      message: text(4096),
      request: text(128),
      time: wholeNumber(),
      retryAfter: wholeNumber(),
      limit: oneOf('database'),
    },
    ['retryAfter', 'limit'],
  ),
})

/** What an answer with a bad status says; a proxy's or a stranger's page says nothing to us. */
async function failureOf(response: Response, onProgress: () => void): Promise<FirekeepError> {
  const bytes = await readBody(response, { length: ERROR_BYTES, onProgress })
  try {
    const value: unknown = JSON.parse(bytesToUtf8(bytes))
    if (FAILURE(value)) return errorOfServer((value as { error: ServerFailure }).error)
  } catch {
    // No JSON: the status has to do.
  }
  return unavailable(`the server answered with status ${response.status}`)
}
