import { FirekeepError } from '@firekeep/core/protocol'

/** `LIMIT_EXCEEDED`; with `retryAfter` (milliseconds) where waiting helps. */
export function tooMuch(message: string, retryAfter?: number): FirekeepError {
  return new FirekeepError('LIMIT_EXCEEDED', message, {
    details: retryAfter === undefined ? {} : { retryAfter },
  })
}
