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
  /** How many packs of a size, the new one among them, become one. */
  readonly fanOut: number
}

/**
 * Packs of a size become one when there are `fanOut` of them, as the digits of a counter do: so a block is rewritten
 * log times, and there are few packs. With 2 there are at most log₂ of them. When a third is dead, all become one.
 */
export function planMerge(packs: readonly SnapshotPack[], rule: MergeRule): MergePlan {
  const { added, all, limit } = rule
  const total = sum(packs, pack => pack.bytes)
  if (all || sum(packs, pack => pack.dead) * 3 > total) {
    const isOpen = (pack: SnapshotPack) => liveBytes(pack) * 2 <= limit || pack.dead > 0
    return { merged: packs.filter(isOpen), kept: packs.filter(pack => !isOpen(pack)) }
  }
  let first = packs.length
  for (let size = added; first > 0 && size > 0; ) {
    const next = startOfRun(packs.slice(0, first), size, rule)
    if (next === first) break
    size += sum(packs.slice(next, first), liveBytes)
    first = next
  }
  return { merged: packs.slice(first), kept: packs.slice(0, first) }
}

/** From where on the youngest packs are to be merged with a new one of this size. */
function startOfRun(
  packs: readonly SnapshotPack[],
  size: number,
  { fanOut, limit, most }: MergeRule,
): number {
  let start = packs.length
  for (let bytes = size; start > 0; start -= 1) {
    const own = liveBytes(packs[start - 1] as SnapshotPack)
    const mustGo = start >= most
    if ((own >= size * 2 && !mustGo) || bytes + own > limit) break
    bytes += own
  }
  const isRun = packs.length - start >= fanOut - 1 || packs.length >= most
  return isRun ? start : packs.length
}

function liveBytes({ bytes, dead }: SnapshotPack): number {
  return bytes - dead
}

function sum(packs: readonly SnapshotPack[], of: (pack: SnapshotPack) => number): number {
  return packs.reduce((total, pack) => total + of(pack), 0)
}
