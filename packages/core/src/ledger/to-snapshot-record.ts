import type { HeadRecord, ReplacedPack, SnapshotPack, SnapshotRecord } from '../packs/snapshot-record.js'
import { commitKeyToCid } from '../state/commit-digest.js'
import type { State } from '../state/merge-states.js'

/** The record of a state that lies in these packs. */
export function toSnapshotRecord(
  { heads, docs, history }: State,
  packs: readonly SnapshotPack[],
  replaced: readonly ReplacedPack[],
): SnapshotRecord {
  return { heads: heads.map(toHead), docs: docs ?? null, history: history ?? null, packs, replaced }
}

function toHead({ cid, height, parents }: State['heads'][number]): HeadRecord {
  return { cid, height, parents: parents.map(({ key, height }) => ({ cid: commitKeyToCid(key), height })) }
}
