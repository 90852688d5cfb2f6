import { FirekeepError } from '@firekeep/core'
import { parseLogId } from '@firekeep/core/protocol'
import { isBlobName } from './blob-name.js'

/**
 * Throws `INTERNAL` unless log and name are what they must be. Both become parts of paths, so an engine checks them
 * even where its callers should have: a request must never reach a file outside the folder.
 */
export function assertBlobKey(log: string, ...names: readonly string[]): void {
  if (parseLogId(log) === undefined) throw new FirekeepError('INTERNAL', 'a log id was not checked')
  if (!names.every(isBlobName)) throw new FirekeepError('INTERNAL', 'the name of a blob was not checked')
}
