import type { Block } from '../codec/block.js'
import type { CidKey } from '../codec/cid.js'
import type { PackInfo } from '../packs/pack-info.js'
import { packKey } from '../packs/pack-key.js'
import type { SnapshotRecord } from '../packs/snapshot-record.js'
import { SNAPSHOT_PREFIX } from '../packs/state-keys.js'
import type { StateRecords } from '../packs/state-records.js'
import type { State } from '../state/merge-states.js'
import type { View } from '../state/view.js'
import type { BatchOptions } from '../storage/storage.js'
import { findForeign } from './find-foreign.js'
import type { LedgerStore } from './ledger-store.js'

/** What a fold starts from, all of one moment. */
export interface FoldBasis {
  readonly view: View
  /** The snapshot records of that view. */
  readonly snapshots: readonly SnapshotRecord[]
  /** Their keys. */
  readonly snapshotKeys: readonly string[]
  /** The keys of all snapshots of the storage, forks included: the fold holds only if there are no others when it is stored. */
  readonly seen: { readonly prefix: string; readonly keys: readonly string[] }
  /** Whether another database of the storage names a pack: then it must not be deleted. */
  readonly isForeign: (pack: string) => boolean
  /** Commit records that hold nothing but commits of the view's history, and their stored bytes. */
  readonly commitRecords: readonly string[]
  readonly bytes: number
}

/** A new pack, with those of its blocks that are soon read again. */
export interface WrittenPack {
  readonly info: PackInfo
  readonly bytes: Uint8Array
  readonly blocks: readonly Block[]
}

/** A snapshot and what is to be stored and removed with it. */
export interface FoldedState {
  readonly basis: FoldBasis
  readonly state: State
  readonly record: SnapshotRecord
  readonly written: readonly WrittenPack[]
  /** Keys of packs and caches that go with this step. */
  readonly dropped: readonly string[]
  readonly options: Pick<BatchOptions, 'reserve' | 'erase'>
}

/** Commits that wait for parents, and records with commits of a newer format, stay as they are. */
export async function captureFold(
  records: StateRecords,
  view: View,
  invalid: ReadonlySet<CidKey>,
): Promise<FoldBasis> {
  const commitRecords: string[] = []
  let bytes = 0
  for (const [record, { commits, length }] of records.commitRecords) {
    if (commits === undefined) continue
    const places = await Promise.all(commits.map(commit => invalid.has(commit.key) || view.nodeOf(commit)))
    if (!places.every(place => place !== undefined)) continue
    commitRecords.push(record)
    bytes += length
  }
  return {
    view,
    snapshots: [...records.snapshots.values()],
    snapshotKeys: [...records.snapshots.keys()],
    seen: { prefix: SNAPSHOT_PREFIX, keys: records.knownSnapshotKeys },
    isForeign: await findForeign(records),
    commitRecords,
    bytes,
  }
}

/**
 * Makes the one step that stores a fold. Packs, snapshot and deletions go together: whoever dies leaves the records of
 * before, or those of after.
 */
export async function sealFold(
  { storage, records }: LedgerStore,
  { basis, record, written, dropped, options }: FoldedState,
): Promise<{ readonly key: string; readonly write: () => Promise<void> }> {
  const entry = await records.sealSnapshot(record)
  const puts = written.map(({ info, bytes }) => [packKey(info.name), bytes] as const)
  const deletes = [...basis.commitRecords, ...basis.snapshotKeys, ...dropped]
  const write = () => storage.batch([...puts, entry], deletes, { ...options, seen: basis.seen })
  return { key: entry[0], write }
}
