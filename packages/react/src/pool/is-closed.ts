import { type Database, hasErrorCode } from '@firekeep/core'

/** Whether a handle was closed, or its database destroyed. A live query that nobody follows does no work. */
export function isClosed(database: Database): boolean {
  try {
    database.live('_id').close()
    return false
  } catch (error) {
    if (hasErrorCode(error, 'CLOSED')) return true
    throw error
  }
}
