import type { FilePlace } from '../codec/stored-file.js'
import { FirekeepError, hasErrorCode } from '../errors.js'

/** What hindered the reading of an attachment, as its reader is told it. */
export function fileError(error: unknown, { id, name }: FilePlace): unknown {
  const file = `attachment ${JSON.stringify(name)} of document ${JSON.stringify(id)}`
  const details = { id, file: name, ...(error instanceof FirekeepError && error.details) }
  if (hasErrorCode(error, 'CORRUPT')) {
    const reason = error instanceof Error ? error.message : String(error)
    return new FirekeepError('CORRUPT', `${file} is damaged: ${reason}`, { cause: error, details })
  }
  if (!AWAY.some(code => hasErrorCode(error, code))) return error
  const message = `${file} is neither on this device nor to be had from an attached remote now`
  return new FirekeepError('FILE_UNAVAILABLE', message, { cause: error, details })
}

const AWAY = ['BLOCK_MISSING', 'REMOTE_UNAVAILABLE', 'FILE_UNAVAILABLE'] as const
