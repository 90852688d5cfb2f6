import { FirekeepError } from '../../errors.js'
import { storageError } from '../storage-error.js'

/** What the file system threw, in the words of the storage port. `folder` tells the user where to look. */
export function toFileError(error: unknown, folder: string): FirekeepError {
  if (error instanceof FirekeepError) return error
  const { code, message } = error as { code?: string; message?: string }
  if (code === 'ENOSPC' || code === 'EDQUOT') return storageError.quota({ cause: error, details: { folder } })
  return new FirekeepError('STORAGE_FAILED', `the files in ${folder} could not be used: ${message ?? code}`, {
    cause: error,
    details: { folder },
  })
}
