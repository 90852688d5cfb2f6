import type { SnapshotPack } from '../packs/snapshot-record.js'

/** Which packs are written anew together with new blocks, and which stay. Oldest first, both. */
export interface MergePlan {
  readonly merged: readonly SnapshotPack[]
  readonly kept: readonly SnapshotPack[]
}

export interface MergeRule {
  /** Bytes of the new blocks. */
  readonly added: number
  /** Everything is written anew. */
  readonly all: boolean
  /** The most bytes a pack takes; `Infinity` for no bound. */
  readonly limit: number
  /** No more packs than this, however their sizes fall. */
  readonly most: number
}

/**
 * Packs double like the digits of a binary counter: new blocks take the youngest packs along as long as those are
 * less than twice as large, so that there are at most log₂ of them and a block is rewritten that often. When a
 * third is dead, all become one.
 */
export function planMerge(packs: readonly SnapshotPack[], { added, all, limit, most }: MergeRule): MergePlan {
  const total = sum(packs, pack => pack.bytes)
  if (all || sum(packs, pack => pack.dead) * 3 > total) {
    const isOpen = (pack: SnapshotPack) => liveBytes(pack) * 2 <= limit || pack.dead > 0
    return { merged: packs.filter(isOpen), kept: packs.filter(pack => !isOpen(pack)) }
  }
  let first = packs.length
  for (let size = added; first > 0; first -= 1) {
    const bytes = liveBytes(packs[first - 1] as SnapshotPack)
    const mayStay = bytes >= size * 2 && first < most
    if (size === 0 || mayStay || bytes + size > limit) break
    size += bytes
  }
  return { merged: packs.slice(first), kept: packs.slice(0, first) }
}

function liveBytes({ bytes, dead }: SnapshotPack): number {
  return bytes - dead
}

function sum(packs: readonly SnapshotPack[], of: (pack: SnapshotPack) => number): number {
  return packs.reduce((total, pack) => total + of(pack), 0)
}
