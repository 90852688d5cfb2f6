import { join } from 'node:path'
import { FirekeepError } from '@firekeep/core'
import Database from 'libsql'
import { LOCK_NAME } from './folder-layout.js'
import { storageFailure } from './storage-failure.js'

/**
 * Takes a folder for this process; answers what gives it back. The lock is that of an open transaction on a file of
 * its own, so the operating system drops it when the process dies, however it dies. Trap: the system also drops it
 * when anything in this process opens and closes that file, so nobody else may.
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, LOCK_NAME)
  try {
    const database = new Database(file, { timeout: 0 })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      throw error
    }
    return () => {
      database.close()
    }
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'SQLITE_BUSY') throw storageFailure(cause, file)
    const message = `${folder} is in use by another server: stop that one, or give this one a folder of its own`
    throw new FirekeepError('STORAGE_FAILED', message, { cause, details: { folder } })
  }
}
