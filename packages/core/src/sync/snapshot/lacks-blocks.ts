import type { CID } from '../../codec/cid.js'
import type { PackStore } from '../../packs/pack-store.js'
import type { TimeSlice } from '../../primitives/time-slice.js'
import { commitKeyToCid } from '../../state/commit-digest.js'
import { treeKeyToCommit } from '../../state/commit-record.js'
import type { Snapshot } from '../../state/snapshot.js'
import { listNodes } from '../../tree/list-nodes.js'
import { scanTree } from '../../tree/scan-tree.js'
import type { SnapshotClaim } from './pointer.js'

export interface LacksParts {
  readonly claim: Pick<SnapshotClaim, 'docs' | 'history'>
  /** The packs of the claim. */
  readonly claimed: PackStore
  /** The state that the log gives, which is that of the claim, and where its contents lie. */
  readonly truth: Snapshot
  readonly own: PackStore
  readonly slice: TimeSlice
}

/**
 * Whether the packs of a claim lack a part of its state: a node, a commit, or the content of a leaf. Contents of
 * superseded versions may be pruned, and so may what the log itself does not have any more. Reads the indexes of the
 * packs, and of blocks only the nodes above the leaves.
 */
export async function lacksBlocks(parts: LacksParts): Promise<boolean> {
  const { claimed, truth, own, slice } = parts
  const isThere = async (cid: CID) => {
    await slice.mayEnd()
    return (await claimed.find(cid)) !== undefined
  }
  for await (const cid of nodesAndCommits(parts)) if (!(await isThere(cid))) return true
  for await (const page of truth.pages({})) {
    for (const { body, document } of page.flatMap(({ leaves }) => leaves)) {
      if (body === null || document !== undefined || (await own.find(body)) === undefined) continue
      if (!(await isThere(body))) return true
    }
  }
  return false
}

async function* nodesAndCommits({ claim, claimed, truth }: LacksParts): AsyncGenerator<CID> {
  for (const root of [claim.docs, claim.history]) {
    for await (const cids of listNodes(claimed, root)) yield* cids
  }
  for await (const { node, start, end } of scanTree(truth.blocks, truth.history)) {
    for (let i = start; i < end; i++) yield commitKeyToCid(treeKeyToCommit(node.keyAt(i)).key)
  }
}
