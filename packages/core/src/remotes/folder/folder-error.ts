import { FirekeepError } from '../../errors.js'

/** What the file system threw, in the words of the remote port. */
export function toFolderError(error: unknown, folder: string): FirekeepError {
  if (error instanceof FirekeepError) return error
  const { code, message } = error as { code?: string; message?: string }
  const options = { cause: error, details: { folder } }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new FirekeepError('LIMIT_EXCEEDED', `there is no room left in ${folder}`, options)
  }
  if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP') {
    const text = `${folder} does not allow what is needed (${code}): the right to write, and hard links, which FAT and exFAT lack`
    return new FirekeepError('REMOTE_UNAVAILABLE', text, options)
  }
  return new FirekeepError('REMOTE_UNAVAILABLE', `${folder} could not be used: ${message ?? code}`, options)
}
