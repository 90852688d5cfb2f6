import { FirekeepError } from '../../errors.js'
import { toStorageError } from './connection.js'
import { StorageChannel } from './storage-channel.js'

/** Milliseconds that other tabs get to let go of a database that is to be deleted. */
const BLOCKED_LIMIT = 10_000

/** Deletes a database, whoever holds it; `STORAGE_FAILED` where a tab does not let go of it. */
export async function removeDatabase(name: string): Promise<void> {
  // For holders that are not connected at the moment; connected ones hear of it from the browser.
  const channel = new StorageChannel(name, () => {})
  channel.tell('removed')
  channel.close()
  const request = indexedDB.deleteDatabase(name)
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => reject(toStorageError(error))
    request.onsuccess = () => resolve()
    request.onerror = () => fail(request.error)
    request.onblocked = () => setTimeout(() => fail(blocked()), BLOCKED_LIMIT)
  })
}

function blocked(): FirekeepError {
  return new FirekeepError(
    'STORAGE_FAILED',
    'another tab still uses this database; it is deleted as soon as that tab is closed or wakes up',
  )
}
