import type { LogName } from './log-name.js'

export interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: ErrorDescription
}

/** Log ids, and the names of blobs, which are as long. */
const IDS = /[a-z2-7]{52}(\.[a-z2-7]{26})?/g
/** Three parts of base64url are a JWT. */
const TOKENS = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g
const DEPTH = 5

/** An error for the logs: with its stack and causes, without ids of databases, tokens and `details`. */
export function describeError(error: unknown, logName: LogName, depth = DEPTH): ErrorDescription {
  const clean = (text: string): string =>
    text.replace(TOKENS, '<token>').replace(IDS, id => `<${logName(id)}>`)
  if (!(error instanceof Error)) return { type: typeof error, message: clean(String(error)) }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: clean(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: clean(error.stack) }),
    ...(error.cause === undefined || depth === 0
      ? {}
      : { cause: describeError(error.cause, logName, depth - 1) }),
  }
}
