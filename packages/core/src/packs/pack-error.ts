import { FirekeepError, hasErrorCode } from '../errors.js'

/** What is thrown where a part of a pack is damaged; it names the pack. */
export function damagedPack(pack: string, reason: string, cause?: unknown): FirekeepError {
  return new FirekeepError('CORRUPT', `pack ${pack} is damaged: ${reason}`, { cause, details: { pack } })
}

/**
 * The error with the name of the pack, where the pack is at fault. A wrong key is damage as well: who names a
 * pack of this database knows that it was sealed under its key.
 */
export function namePack(error: unknown, pack: string): unknown {
  if (error instanceof FirekeepError && error.details.pack === pack) return error
  const reason = error instanceof Error ? error.message : String(error)
  if (hasErrorCode(error, 'CORRUPT') || hasErrorCode(error, 'WRONG_KEY'))
    return damagedPack(pack, reason, error)
  if (!hasErrorCode(error, 'UNSUPPORTED_FORMAT')) return error
  return new FirekeepError('UNSUPPORTED_FORMAT', `pack ${pack} cannot be read: ${reason}`, {
    cause: error,
    details: { pack },
  })
}
