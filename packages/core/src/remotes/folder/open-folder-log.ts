import { FirekeepError } from '../../errors.js'
import { parseLogId } from '../../protocol/log-id.js'
import type { LogAccess, RemoteLog } from '../../protocol/remote.js'
import type { FileSystem } from '../../storage/files/file-system.js'
import { type FolderClock, systemClock } from '../../storage/files/folder-clock.js'
import { createNodeFileSystem } from '../../storage/files/node-file-system.js'
import { FolderLog } from './folder-log.js'
import { FolderPlace } from './folder-place.js'

/** What the platform gives, so that tests can decide it. */
export interface FolderPlatform {
  readonly fs: FileSystem
  readonly clock: FolderClock
}

/** The log of a database in a folder. Touches nothing by itself. */
export function openFolderLog(
  folder: string,
  { logId }: LogAccess,
  platform: FolderPlatform = { fs: createNodeFileSystem(), clock: systemClock },
): RemoteLog {
  // It becomes a file name.
  if (parseLogId(logId) === undefined)
    throw new FirekeepError('INVALID_OPTION', 'the log id has a wrong form')
  const { fs, clock } = platform
  return new FolderLog({ place: new FolderPlace(fs, folder, logId), clock, folder })
}
