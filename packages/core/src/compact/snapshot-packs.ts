import type { FoldBasis } from '../ledger/folded-state.js'
import type { ReplacedPack, SnapshotPack, SnapshotRecord } from '../packs/snapshot-record.js'
import { HISTORY_PACK_BYTES } from './write-packs.js'

/** The packs that any of the snapshots lives on, oldest first. */
export function packsOf(snapshots: readonly SnapshotRecord[]): SnapshotPack[] {
  const packs = snapshots.flatMap(snapshot => snapshot.packs)
  return [...new Map(packs.map(pack => [pack.name, pack] as const)).values()]
}

/**
 * The packs that views may still read after `packs` took the place of those of the snapshots. One that a snapshot
 * lives on is replaced at this moment, whatever another snapshot says of it.
 */
export function replacedBy(
  snapshots: readonly SnapshotRecord[],
  packs: readonly SnapshotPack[],
  time: number,
): ReplacedPack[] {
  const live = new Set(packs.map(pack => pack.name))
  const earlier = snapshots.flatMap(snapshot => snapshot.replaced)
  const now = packsOf(snapshots).map(({ name }) => ({ name, time }))
  const replaced = new Map([...earlier, ...now].map(pack => [pack.name, pack] as const))
  return [...replaced.values()].filter(({ name }) => !live.has(name))
}

/** Whether there is anything to fold, to merge or to drop; packs that were replaced until `over` are dropped. */
export function hasWork(basis: FoldBasis, all: boolean, over: number): boolean {
  const canDrop = basis.snapshots.some(({ replaced }) => replaced.some(({ time }) => time <= over))
  return canDrop || isUnfolded(basis) || (all && canMerge(basis))
}

/** Whether writing everything anew makes it smaller, or fewer packs. */
export function canMerge(basis: FoldBasis): boolean {
  const packs = packsOf(basis.snapshots)
  const trees = packs.filter(pack => pack.kind === 'tree')
  const open = packs.filter(pack => pack.kind === 'history' && pack.bytes * 2 <= HISTORY_PACK_BYTES)
  return isUnfolded(basis) || trees.length > 1 || open.length > 1 || trees.some(pack => pack.dead > 0)
}

function isUnfolded({ view, snapshots, commitRecords }: FoldBasis): boolean {
  return view.commits.size > 0 || snapshots.length > 1 || commitRecords.length > 0
}

/** Stored bytes. */
export function storedBytes(packs: readonly SnapshotPack[]): number {
  return packs.reduce((total, { length }) => total + length, 0)
}
