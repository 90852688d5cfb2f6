import { FirekeepError } from '@firekeep/core'

/** Whatever was thrown, as the one error class; what is none of ours is a bug, and kept as its cause. */
export function toError(error: unknown): FirekeepError {
  if (error instanceof Error && error.name === 'FirekeepError') return error as FirekeepError
  return new FirekeepError('INTERNAL', error instanceof Error ? error.message : String(error), {
    cause: error,
  })
}
