import { FirekeepError, type FirekeepErrorCode, type FirekeepErrorOptions } from '../errors.js'
import type { BatchOptions } from './storage.js'

/** The errors that every storage adapter answers with, in one wording. */
export const storageError = {
  closed: (): FirekeepError => make('CLOSED', 'this storage was closed; open the database again'),

  removed: (): FirekeepError =>
    make('CLOSED', 'this storage was removed by somebody else; open the database again to start anew'),

  stale: (seen: NonNullable<BatchOptions['seen']>): FirekeepError =>
    make(
      'STALE',
      `the records under "${seen.prefix}" changed since they were read; read them and decide again`,
      {
        details: { prefix: seen.prefix },
      },
    ),

  quota: (options: FirekeepErrorOptions = {}): FirekeepError =>
    make(
      'QUOTA_EXCEEDED',
      'there is no room left for this write and nothing of it was stored; delete something or ask for more room',
      options,
    ),
}

/** Throws `STALE` unless the keys there are (ascending) are exactly those the caller has seen. */
export function checkSeen(seen: BatchOptions['seen'], keys: readonly string[]): void {
  if (seen === undefined) return
  const equal = keys.length === seen.keys.length && keys.every((key, index) => key === seen.keys[index])
  if (!equal) throw storageError.stale(seen)
}

function make(code: FirekeepErrorCode, message: string, options: FirekeepErrorOptions = {}): FirekeepError {
  return new FirekeepError(code, message, options)
}
