import { FirekeepError } from '../errors.js'
import { findBuiltInModule } from '../primitives/find-built-in-module.js'
import type { LogAccess, Remote, RemoteLog } from '../protocol/remote.js'

/**
 * A folder as a remote: a network drive, a stick, a backup. Several processes and machines may use it at once where
 * all see the same file system, with hard links (FAT and exFAT have none). Node 20.16 or later only. It is also the
 * example of how to write a connector: see `remotes/folder/` and `remoteConformance`.
 *
 * The folder has to exist, else `REMOTE_UNAVAILABLE`: it is never made, as a drive may be missing; so take a folder
 * on the drive and not the one that it is mounted at. It checks no rights: who can write there can delete, and who
 * can read sees sizes and times, but no content. `INVALID_OPTION` for a path that is empty, or without Node.
 *
 * Trap: a service that copies the folder between machines merges what two of them did offline by keeping one. Use it
 * on one machine then.
 *
 * @example
 * ```ts
 * const attachment = await db.attach(folderRemote('/media/stick/firekeep'))
 * ```
 */
export function folderRemote(dir: string): Remote {
  const path = findBuiltInModule<{ resolve(path: string): string }>('node:path')
  if (path === undefined) throw new FirekeepError('INVALID_OPTION', 'folderRemote needs Node 20.16 or later')
  if (typeof dir !== 'string' || dir === '')
    throw new FirekeepError('INVALID_OPTION', 'folderRemote takes a path')
  const folder = path.resolve(dir)
  return {
    id: `folder:${folder}`,
    async open(access: LogAccess): Promise<RemoteLog> {
      const { openFolderLog } = await import('./folder/open-folder-log.js')
      return openFolderLog(folder, access)
    },
  }
}
