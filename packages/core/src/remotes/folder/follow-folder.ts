import { reportUncaught } from '../../primitives/emitter.js'
import type { RemoteEvent } from '../../protocol/remote.js'
import type { FolderClock } from '../../storage/files/folder-clock.js'
import { watchFolder } from '../../storage/files/folder-watch.js'
import { toFolderError } from './folder-error.js'
import type { FolderPlace } from './folder-place.js'

export interface FollowFolderParts {
  readonly place: FolderPlace
  readonly clock: FolderClock
  readonly after: number
  readonly listener: (event: RemoteEvent) => void
  /** Where the log ends; rejects where the folder is not usable. */
  findHead(): Promise<number>
}

/** Tells of new entries when the platform says that the folder changed, and looks once a second. */
export function followFolder({ place, clock, after, listener, findHead }: FollowFolderParts): () => void {
  let told = after
  let isLost = false
  let isLooking = false
  let isDue = false
  let isStopped = false

  const tell = (event: RemoteEvent): void => {
    if (isStopped) return
    try {
      listener(event)
    } catch (error) {
      reportUncaught(error)
    }
  }
  const look = async (): Promise<void> => {
    try {
      const seq = await findHead()
      if (isLost) tell({ kind: 'restored' })
      isLost = false
      if (seq === told) return
      told = seq
      tell({ kind: 'news', seq, entries: [] })
    } catch (error) {
      if (!isLost) tell({ kind: 'lost', error: toFolderError(error, place.entries) })
      isLost = true
    }
  }
  const check = async (): Promise<void> => {
    isDue = true
    if (isLooking) return
    isLooking = true
    while (isDue && !isStopped) {
      isDue = false
      await look()
    }
    isLooking = false
  }
  const isOwn = (name: string): boolean => name.startsWith('new-')
  const stop = watchFolder({ fs: place.fs, folder: place.entries, clock, check: () => void check(), isOwn })
  void check()
  return () => {
    isStopped = true
    stop()
  }
}
