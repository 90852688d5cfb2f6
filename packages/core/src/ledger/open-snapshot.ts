import type { Block } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import type { BlockReader } from '../packs/block-reader.js'
import type { PackStore } from '../packs/pack-store.js'
import type { SnapshotRecord } from '../packs/snapshot-record.js'
import { mergeStates, type State } from '../state/merge-states.js'
import { Snapshot } from '../state/snapshot.js'

/** The state that snapshot records stand for together; `undefined` where there are none. */
export async function openSnapshot(
  packs: PackStore,
  records: Iterable<SnapshotRecord>,
): Promise<Snapshot | undefined> {
  const blocks = new BlocksOver(packs)
  let merged: State | undefined
  for (const record of records) {
    for (const pack of record.packs) packs.use([pack], pack.kind)
    const state = stateOf(record)
    if (merged === undefined) {
      merged = state
      continue
    }
    const result = await mergeStates(blocks, async cid => blocks.get(cid), merged, state)
    for (const block of [...result.added, ...result.bodies]) blocks.add(block)
    merged = result.state
  }
  if (merged === undefined) return undefined
  return blocks.added.length === 0 ? new Snapshot(merged, packs) : new Snapshot(merged, blocks, blocks.added)
}

function stateOf({ heads, docs, history }: SnapshotRecord): State {
  const toNode = ({ cid, height, parents }: SnapshotRecord['heads'][number]): CommitNode => ({
    cid,
    key: cidToKey(cid),
    height,
    parents: parents.map(parent => ({ key: cidToKey(parent.cid), height: parent.height })),
  })
  return { heads: heads.map(toNode), docs: docs ?? undefined, history: history ?? undefined }
}

/** Blocks in memory over those of packs. */
class BlocksOver implements BlockReader {
  readonly #below: BlockReader
  readonly #blockByKey = new Map<CidKey, Block>()

  constructor(below: BlockReader) {
    this.#below = below
  }

  get added(): readonly Block[] {
    return [...this.#blockByKey.values()]
  }

  add(block: Block): void {
    this.#blockByKey.set(cidToKey(block.cid), block)
  }

  get(cid: CID) {
    return this.#blockByKey.get(cidToKey(cid))?.bytes ?? this.#below.get(cid)
  }
}
