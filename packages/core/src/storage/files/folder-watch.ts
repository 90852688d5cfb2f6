import type { FileSystem } from './file-system.js'
import type { FolderClock } from './folder-clock.js'

const POLL = 1_000

export interface FolderWatchParts {
  readonly fs: FileSystem
  readonly folder: string
  readonly clock: FolderClock
  /** Looks whether there is something new, and tells. */
  readonly check: () => void
  /** Files whose changes are not news. */
  readonly isOwn: (name: string) => boolean
}

/**
 * Looks into a folder when the platform says that it changed, and once a second, as that may be late, missing,
 * or not possible before the folder exists. Keeps no process alive. Returns what ends it.
 */
export function watchFolder({ fs, folder, clock, check, isOwn }: FolderWatchParts): () => void {
  let stopEvents: (() => void) | undefined
  const start = (): void => {
    try {
      stopEvents ??= fs.watch(folder, name => {
        if (name === null || !isOwn(name)) check()
      })
    } catch {
      // No folder yet, or no watch left to have: there is the poll.
    }
  }
  start()
  const stopPoll = clock.every(POLL, () => {
    start()
    check()
  })
  return () => {
    stopPoll()
    stopEvents?.()
  }
}
