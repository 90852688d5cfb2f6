import type { FirekeepErrorCode } from '@firekeep/core/protocol'
import type { Refusal } from './error-reporter.js'

/** How a refusal goes over HTTP. */
export interface HttpError {
  readonly status: number
  readonly body: { readonly error: Refusal }
  readonly headers: Readonly<Record<string, string>>
}

const STATUS_BY_CODE: Partial<Record<FirekeepErrorCode, number>> = {
  CORRUPT: 400,
  UNSUPPORTED_FORMAT: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BLOCK_MISSING: 404,
  GONE: 410,
  LIMIT_EXCEEDED: 413,
  INTERNAL: 500,
  REMOTE_UNAVAILABLE: 503,
}

const WAIT_AND_RETRY = 429

export function toHttpError(error: Refusal): HttpError {
  const { code, retryAfter, request } = error
  const isWait = code === 'LIMIT_EXCEEDED' && retryAfter !== undefined
  const headers: Record<string, string> = { 'Firekeep-Request': request }
  if (retryAfter !== undefined) headers['Retry-After'] = String(Math.ceil(retryAfter / 1000))
  // A 401 has to name a scheme (RFC 9110).
  if (code === 'UNAUTHORIZED') headers['WWW-Authenticate'] = 'Bearer'
  return { status: isWait ? WAIT_AND_RETRY : (STATUS_BY_CODE[code] ?? 500), body: { error }, headers }
}
