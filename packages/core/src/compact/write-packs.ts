import type { Block } from '../codec/block.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import type { WrittenPack } from '../ledger/folded-state.js'
import type { PackKind, PackStore } from '../packs/pack-store.js'
import type { SnapshotPack } from '../packs/snapshot-record.js'
import { writePack } from '../packs/write-pack.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import type { MergePlan } from './plan-merge.js'

/** The most bytes of blocks in a pack of the history: such packs are rewritten one at a time. */
export const HISTORY_PACK_BYTES = 4 * 1024 * 1024

export interface PackWriterParts {
  readonly packs: PackStore
  readonly sealer: Sealer
  readonly compress: boolean
  readonly slice: TimeSlice
  readonly signal: AbortSignal | undefined
}

/** The packs of a kind after a plan was carried out. */
export interface MergedPacks {
  readonly packs: readonly SnapshotPack[]
  readonly written: readonly WrittenPack[]
}

/** Writes new blocks, and those of merged packs that pass, into packs of at most `limit` bytes of blocks. */
export async function mergePacks(
  plan: MergePlan & { readonly kind: PackKind; readonly limit: number },
  added: readonly Block[],
  isKept: (block: Block) => boolean,
  parts: PackWriterParts,
): Promise<MergedPacks> {
  const blocks: Block[] = []
  for (const pack of plan.merged) {
    for await (const frame of parts.packs.blocksOf(pack)) {
      throwIfAborted(parts.signal)
      for (const block of frame) if (isKept(block)) blocks.push(block)
    }
  }
  blocks.push(...added)
  const written: WrittenPack[] = []
  for (const group of groupBySize(blocks, plan.limit)) {
    const pause = async () => {
      throwIfAborted(parts.signal)
      await parts.slice.mayEnd()
    }
    const pack = await writePack(group, { sealer: parts.sealer, compress: parts.compress, pause })
    written.push({ ...pack, blocks: group })
  }
  const packs = written.map(({ info, blocks }) => ({
    ...info,
    kind: plan.kind,
    bytes: bytesOf(blocks),
    dead: 0,
  }))
  return { packs: [...plan.kept, ...packs], written }
}

function* groupBySize(blocks: readonly Block[], limit: number): Generator<readonly Block[]> {
  let group: Block[] = []
  let size = 0
  for (const block of withoutRepeats(blocks)) {
    if (size + block.bytes.length > limit && group.length > 0) {
      yield group
      group = []
      size = 0
    }
    group.push(block)
    size += block.bytes.length
  }
  if (group.length > 0) yield group
}

function withoutRepeats(blocks: readonly Block[]): Iterable<Block> {
  return new Map<CidKey, Block>(blocks.map(block => [cidToKey(block.cid), block])).values()
}

export function bytesOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)
}
