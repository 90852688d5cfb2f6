import type { Block } from '../codec/block.js'
import type { LoadedCommit } from '../state/view.js'
import type { StorageEntry } from '../storage/storage.js'

/** New commits with the blocks that hold them. */
export interface CommitBatch {
  readonly blocks: readonly Block[]
  readonly commits: readonly LoadedCommit[]
}

export interface AppendOptions {
  /** Records that are stored in the same step. */
  readonly puts?: readonly StorageEntry[]
  /** Reject with `STALE`, writing nothing, if another tab or process committed what is not in the view yet. */
  readonly guarded?: boolean
  /** May use the room held back for writes that free space. */
  readonly reserve?: boolean
}
