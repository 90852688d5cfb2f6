import { FirekeepError } from '../errors.js'
import { bestStorageKind, hasIndexedDb } from './best-storage-kind.js'
import { createIndexedDbSpace } from './indexed-db-storage.js'
import type { StorageSpace } from './storage.js'

export interface DefaultSpaceOptions {
  /** Where to store; by default the best that the platform has. */
  readonly storage?: 'indexeddb' | 'files' | 'memory' | StorageSpace | undefined
  /** The folder for `files`. Default: `FIREKEEP_DIR`, else `${XDG_DATA_HOME:-~/.local/share}/firekeep`. */
  readonly dir?: string | undefined
}

/**
 * The space that databases are stored in: what is asked for, else IndexedDB where there is one, else files in
 * Node, else memory with one warning. A test process that has a document never gets files unasked, so it
 * cannot write to the home folder. Decided when called, as test environments come and go.
 *
 * `memory` is one space per process. `INVALID_OPTION` for what the platform does not have.
 *
 * @example
 * ```ts
 * const space = await openDefaultSpace({ storage: 'files', dir: './data' })
 * ```
 */
export async function openDefaultSpace(options: DefaultSpaceOptions = {}): Promise<StorageSpace> {
  const { storage = bestStorageKind() } = options
  if (typeof storage === 'object' && storage !== null) return storage
  switch (storage) {
    case 'indexeddb':
      if (hasIndexedDb()) return createIndexedDbSpace()
      throw invalid('`storage: "indexeddb"` needs a browser; leave it out to get what this platform has')
    case 'files':
      // Loaded only where it is used: nothing of it reaches a browser's initial bytes.
      return (await import('./default-file-space.js')).createDefaultFileSpace(options.dir)
    case 'memory':
      return (await import('./default-memory-space.js')).defaultMemorySpace()
    default:
      throw invalid('`storage` is "indexeddb", "files", "memory" or a storage space')
  }
}

function invalid(message: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', message, { details: { option: 'storage' } })
}
