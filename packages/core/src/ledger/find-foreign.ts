import { FirekeepError } from '../errors.js'
import type { SnapshotRecord } from '../packs/snapshot-record.js'
import type { StateRecords } from '../packs/state-records.js'
import { namedPacks } from './named-packs.js'

/**
 * Tells whether another database of the storage names a pack; who deletes one guards it by the keys of all snapshots.
 * Where a snapshot of another one cannot be read, it may name any: nothing is deleted then, and nothing else fails.
 */
export async function findForeign(
  records: Pick<StateRecords, 'readForeignSnapshots'>,
): Promise<(pack: string) => boolean> {
  let snapshots: readonly SnapshotRecord[]
  try {
    snapshots = await records.readForeignSnapshots()
  } catch (error) {
    const isDamaged = error instanceof FirekeepError && UNREADABLE.has(error.code)
    if (isDamaged) return () => true
    throw error
  }
  const named = namedPacks(snapshots)
  return pack => named.has(pack)
}

const UNREADABLE: ReadonlySet<string> = new Set(['CORRUPT', 'WRONG_KEY', 'UNSUPPORTED_FORMAT'])
