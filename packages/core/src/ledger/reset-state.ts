import type { Block } from '../codec/block.js'
import { packKey } from '../packs/pack-key.js'
import type { SnapshotRecord } from '../packs/snapshot-record.js'
import { STATE_PREFIX } from '../packs/state-keys.js'
import type { StorageEntry } from '../storage/storage.js'
import { findForeign } from './find-foreign.js'
import type { LedgerStore } from './ledger-store.js'
import { namedPacks } from './named-packs.js'

/** Another state than the one that is stored: a snapshot, and commits after it. */
export interface ResetState {
  readonly record: SnapshotRecord
  /** Packs of the snapshot that are stored with it; the others are stored already, or lie on a remote. */
  readonly written: readonly { readonly info: { readonly name: string }; readonly bytes: Uint8Array }[]
  /** Commits and contents that are not part of the snapshot. */
  readonly blocks: readonly Block[]
  /** Records that are stored in the same step, and keys of caches that go. */
  readonly puts: readonly StorageEntry[]
  readonly dropped?: readonly string[]
}

/**
 * Makes the one step that puts a state in the place of all that is stored, but for records with commits of a newer
 * format, which nobody here can judge. Packs of before go too: what they hold is not to be believed.
 */
export async function sealReset(
  { records, storage }: LedgerStore,
  { record, written, blocks, puts, dropped = [] }: ResetState,
): Promise<() => Promise<void>> {
  const keys = records.knownKeys
  const newer = new Set<string>()
  for (const [key, { commits }] of records.commitRecords) if (commits === undefined) newer.add(key)
  const entries = [
    ...written.map(({ info, bytes }) => [packKey(info.name), bytes] as const),
    await records.sealSnapshot(record),
    ...(blocks.length === 0 ? [] : [await records.sealCommits(blocks)]),
    ...puts,
  ]
  const named = namedPacks([record])
  const isForeign = await findForeign(records)
  const replaced = [...namedPacks(records.snapshots.values())].filter(
    name => !named.has(name) && !isForeign(name),
  )
  const deletes = [...records.ownKeys.filter(key => !newer.has(key)), ...replaced.map(packKey), ...dropped]
  return () => storage.batch(entries, deletes, { seen: { prefix: STATE_PREFIX, keys } })
}
