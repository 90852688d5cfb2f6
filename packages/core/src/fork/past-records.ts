import type { Block } from '../codec/block.js'
import { parseCid } from '../codec/cid.js'
import { type CommitNode, findAncestors, findMissing } from '../commits/ancestry.js'
import type { LedgerWriter } from '../ledger/ledger.js'
import { toSnapshotRecord } from '../ledger/to-snapshot-record.js'
import { packKey } from '../packs/pack-key.js'
import type { PackKind } from '../packs/pack-store.js'
import type { SnapshotPack, SnapshotRecord } from '../packs/snapshot-record.js'
import { writePack } from '../packs/write-pack.js'
import { bytesToBinary } from '../primitives/bytes.js'
import { type Pace, TimeSlice } from '../primitives/time-slice.js'
import { resolveClock } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { StorageEntry } from '../storage/storage.js'
import { type PastTrees, pastTrees } from './past-trees.js'

/** The most bytes of blocks in a pack of the history. */
const HISTORY_PACK_BYTES = 4 * 1024 * 1024

export interface PastRecordsParts {
  readonly forkNonce: Uint8Array
  readonly compress: boolean
  readonly pace: Pace
}

/**
 * The records of a fork that begins at an earlier moment: the trees of that moment, edited from those of now, in packs
 * of their own beside the ones of now. `undefined` where there is more than one snapshot, which is to be folded first.
 */
export async function pastRecords(
  writer: LedgerWriter,
  parts: PastRecordsParts,
  asOf: readonly string[],
): Promise<readonly StorageEntry[] | undefined> {
  const { view, store } = writer
  const snapshots = [...store.records.snapshots.values()]
  if (snapshots.length > 1) return undefined
  const heads = await newestOf(view, await resolveClock(view, asOf, parseCid))
  const later = await findMissing(view.heads, heads, ref => view.nodeOf(ref))
  const past = await pastTrees(view, { heads, later, slice: new TimeSlice(parts.pace) })
  const { packs, entries } = await writePacks(past, { sealer: store.packSealer, ...parts })
  const record = {
    ...toSnapshotRecord({ ...past, heads }, [...(snapshots[0]?.packs ?? []), ...packs], []),
    ...namedFiles(snapshots, past),
  }
  return [...entries, await store.records.sealForkSnapshot(record, parts.forkNonce)]
}

/** What a clock names twice over is left out: heads are no ancestors of each other. */
async function newestOf(view: View, clock: readonly CommitNode[]): Promise<readonly CommitNode[]> {
  const questions = clock.flatMap(commit =>
    clock.filter(other => other !== commit).map(ancestor => ({ commit, ancestor })),
  )
  const answers = await findAncestors(questions, ref => view.nodeOf(ref))
  const older = new Set(questions.filter((_, i) => answers[i]).map(({ ancestor }) => ancestor.key))
  return clock.filter(({ key }) => !older.has(key))
}

interface WriteParts extends Pick<PastRecordsParts, 'compress'> {
  readonly sealer: LedgerWriter['store']['packSealer']
}

async function writePacks({ nodes, contents }: PastTrees, { sealer, compress }: WriteParts) {
  const packs: SnapshotPack[] = []
  const entries: StorageEntry[] = []
  const write = async (kind: PackKind, blocks: readonly Block[]) => {
    if (blocks.length === 0) return
    const { info, bytes } = await writePack(blocks, { sealer, compress })
    packs.push({ ...info, kind, bytes: bytesOf(blocks), dead: 0 })
    entries.push([packKey(info.name), bytes])
  }
  await write('tree', nodes)
  for (const group of groupsOf(contents)) await write('history', group)
  return { packs, entries }
}

function* groupsOf(blocks: readonly Block[]): Generator<readonly Block[]> {
  let from = 0
  let size = 0
  for (const [i, { bytes }] of blocks.entries()) {
    if (size > 0 && size + bytes.length > HISTORY_PACK_BYTES) {
      yield blocks.slice(from, i)
      from = i
      size = 0
    }
    size += bytes.length
  }
  yield blocks.slice(from)
}

function bytesOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

/** The file packs that the history names, as far as is known without reading it: maybe more than it does. */
function namedFiles(
  snapshots: readonly SnapshotRecord[],
  { recent }: PastTrees,
): Pick<SnapshotRecord, 'files'> {
  const digests = [
    ...snapshots.flatMap(({ files = [] }) => files),
    ...recent.flatMap(({ commit }) => commit.ops.flatMap(({ files = [] }) => files)),
  ]
  const byText = new Map(digests.map(digest => [bytesToBinary(digest), digest]))
  const files = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, digest]) => digest)
  return files.length === 0 ? {} : { files }
}
