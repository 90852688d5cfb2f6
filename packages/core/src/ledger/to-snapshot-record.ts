import type { HeadRecord, ReplacedPack, SnapshotPack, SnapshotRecord } from '../packs/snapshot-record.js'
import { commitKeyToCid } from '../state/commit-digest.js'
import type { State } from '../state/merge-states.js'

/** The record of a state that lies in these packs, and whose contents name these file packs. */
export function toSnapshotRecord(
  { heads, docs, history }: State,
  packs: readonly SnapshotPack[],
  replaced: readonly ReplacedPack[],
  files: readonly Uint8Array[] = [],
): SnapshotRecord {
  const roots = { heads: heads.map(toHead), docs: docs ?? null, history: history ?? null }
  return { ...roots, packs, replaced, ...(files.length > 0 && { files }) }
}

function toHead({ cid, height, parents }: State['heads'][number]): HeadRecord {
  return { cid, height, parents: parents.map(({ key, height }) => ({ cid: commitKeyToCid(key), height })) }
}
