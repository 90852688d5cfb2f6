import { hasErrorCode } from '../errors.js'
import type { Ledger, LedgerWriter } from '../ledger/ledger.js'
import { toSnapshotRecord } from '../ledger/to-snapshot-record.js'
import { packKey } from '../packs/pack-key.js'
import type { SnapshotRecord } from '../packs/snapshot-record.js'
import { SNAPSHOT_PREFIX } from '../packs/state-keys.js'
import type { StateRecords } from '../packs/state-records.js'
import type { StorageEntry } from '../storage/storage.js'
import { type PastRecordsParts, pastRecords } from './past-records.js'

export interface StoreForkParts extends PastRecordsParts {
  readonly ledger: Ledger
  /** The moment it begins at; `undefined`: now. */
  readonly asOf: readonly string[] | undefined
  /** Folds all commits into one snapshot. */
  readonly fold: () => Promise<unknown>
  /** Stores packs that the state names and that are not here. */
  readonly loadPacks: () => Promise<void>
  /** Records that are stored in the same step. */
  readonly puts: readonly StorageEntry[]
}

/** More commits than this are folded first: they are copied otherwise. */
const COPIED_COMMITS = 200
const COPIED_BYTES = 4 * 1024 * 1024

/**
 * Stores the records of a fork beside those of the database it comes from: a snapshot that names the same packs, and
 * copies of the commits after it, in one step that holds only if no snapshot of the storage, of whatever fork, came or
 * went meanwhile: so no compaction drops a pack that the new one names. `taken` where somebody made it before.
 */
export async function storeFork(parts: StoreForkParts): Promise<'stored' | 'taken'> {
  const { ledger, asOf, fold } = parts
  const { view } = ledger
  if (asOf !== undefined || view.commits.size > COPIED_COMMITS || view.recentBytes > COPIED_BYTES)
    await fold()
  for (let missed = 0; ; ) {
    try {
      const outcome = await ledger.exclusive(writer => attempt(writer, parts))
      if (outcome === 'stored' || outcome === 'taken') return outcome
      if (outcome === 'lacking') await parts.loadPacks()
    } catch (error) {
      // Another tab dropped a pack that was being read (L6): once again on what took its place.
      const isMiss = hasErrorCode(error, 'BLOCK_MISSING') && missed++ === 0
      if (!isMiss && !hasErrorCode(error, 'STALE')) throw error
    }
    if (asOf !== undefined) await fold()
  }
}

/** `lacking`: packs are not here; `outrun`: another tab folded meanwhile. */
type Outcome = 'stored' | 'taken' | 'lacking' | 'outrun'

async function attempt(writer: LedgerWriter, parts: StoreForkParts): Promise<Outcome> {
  await writer.refresh()
  const { storage, records } = writer.store
  if (records.hasFork(parts.forkNonce)) return 'taken'
  if (!(await hasAllPacks(writer))) return 'lacking'
  const seen = { prefix: SNAPSHOT_PREFIX, keys: records.knownSnapshotKeys }
  const entries =
    parts.asOf === undefined ? await copies(records, parts) : await pastRecords(writer, parts, parts.asOf)
  if (entries === undefined) return 'outrun'
  await storage.batch([...entries, ...parts.puts], [], { seen })
  return 'stored'
}

/** The fork reads packs from remotes of its own, which have none of them. What is here stays while a record names it. */
async function hasAllPacks({ store: { storage, records } }: LedgerWriter): Promise<boolean> {
  const stored = new Set(await storage.list(packKey('')))
  const packs = [...records.snapshots.values()].flatMap(snapshot => snapshot.packs)
  return packs.every(({ name }) => stored.has(packKey(name)))
}

/** `undefined` where another tab folded meanwhile. */
async function copies(
  records: StateRecords,
  { forkNonce }: StoreForkParts,
): Promise<readonly StorageEntry[] | undefined> {
  const commits = await records.copyCommits(forkNonce)
  if (commits === undefined) return undefined
  const snapshots = [...records.snapshots.values()]
  // A fork has a snapshot from the start: without one it counts as not made.
  const copied = snapshots.length === 0 ? [EMPTY] : snapshots.map(withoutReplaced)
  const sealed = await Promise.all(copied.map(record => records.sealForkSnapshot(record, forkNonce)))
  return [...commits, ...sealed]
}

const EMPTY = toSnapshotRecord({ heads: [], docs: undefined, history: undefined }, [], [])

/** Nobody reads the fork yet, so it keeps no pack that only older views need. */
function withoutReplaced(record: SnapshotRecord): SnapshotRecord {
  return { ...record, replaced: [] }
}
