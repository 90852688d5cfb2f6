import { FirekeepError } from '@firekeep/core/protocol'

/** A token that does not hold. */
export function unauthorized(message: string, cause?: unknown): FirekeepError {
  return new FirekeepError('UNAUTHORIZED', message, { cause })
}

/** A right that the token, or the admission, does not give. */
export function forbidden(message: string, cause?: unknown): FirekeepError {
  return new FirekeepError('FORBIDDEN', message, { cause })
}
