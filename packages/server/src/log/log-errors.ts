import { FirekeepError } from '@firekeep/core'

/** What every engine rejects with after `close`. */
export function closedError(): FirekeepError {
  return new FirekeepError('CLOSED', 'the storage of the server was closed')
}

/** What every verb of a removed log rejects with. */
export function goneError(): FirekeepError {
  return new FirekeepError('GONE', 'the database was deleted on this server for good')
}

export function logFullError(maxBytes: number): FirekeepError {
  return new FirekeepError('LIMIT_EXCEEDED', `the log may have ${maxBytes} bytes at most`, {
    details: { maxBytes, limit: 'database' },
  })
}

export function entryNotFoundError(seq: number): FirekeepError {
  return new FirekeepError('NOT_FOUND', `Not found: entry ${seq} of the log`, { details: { seq } })
}
