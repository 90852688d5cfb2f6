import { FirekeepError } from '../../errors.js'

/** `LIMIT_EXCEEDED`, for what the server would not take. */
export function tooLarge(bytes: number, limit: number): FirekeepError {
  return new FirekeepError(
    'LIMIT_EXCEEDED',
    `${bytes} bytes are more than the ${limit} that the server takes`,
    {
      details: { bytes, limit },
    },
  )
}
