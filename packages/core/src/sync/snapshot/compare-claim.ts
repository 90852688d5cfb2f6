import { hashBlock } from '../../codec/block.js'
import { cidToKey } from '../../codec/cid.js'
import type { BlockReader } from '../../packs/block-reader.js'
import { equalBytes } from '../../primitives/bytes.js'
import { decodeDocumentRecord, type LeafRecord, treeKeyToId } from '../../state/document-record.js'
import type { Snapshot } from '../../state/snapshot.js'
import { diffTrees, type TreeDifference } from '../../tree/diff-trees.js'
import type { SnapshotClaim } from './pointer.js'

/**
 * What is false about the state of a claim, by that which the log gives; `undefined` where nothing is. A content that
 * was erased from the log since, and that the claim still shows, is what its id says.
 *
 * Fails as reading the claim's tree does, where only that can tell.
 */
export async function compareClaim(
  claim: SnapshotClaim,
  truth: Snapshot | undefined,
  claimed: BlockReader,
): Promise<string | undefined> {
  if (truth === undefined) return 'the log has no commits'
  const heads = truth.heads.map(({ key }) => key)
  if (heads.join() !== claim.heads.map(cidToKey).sort().join())
    return 'it does not have all commits up to its place in the log'
  if (!truth.history?.equals(claim.history)) return 'its history is not that of its commits'
  if (truth.docs?.equals(claim.docs)) return undefined
  for await (const batch of diffTrees(claimed, claim.docs, truth.docs, truth.blocks)) {
    for (const difference of batch) {
      if (await isErased(difference)) continue
      return `document ${JSON.stringify(treeKeyToId(difference.key))} is not as its commits left it`
    }
  }
  return undefined
}

/** Whether one record says the same as the other, and only has a right content more. */
async function isErased({ before, after }: TreeDifference): Promise<boolean> {
  if (before === undefined || after === undefined) return false
  const claimed = decodeDocumentRecord(before)
  const { leaves, body } = decodeDocumentRecord(after)
  if (body !== undefined || claimed.body === undefined) return false
  if (leaves.length !== claimed.leaves.length) return false
  if (!leaves.every((leaf, i) => isSameLeaf(leaf, claimed.leaves[i] as LeafRecord))) return false
  const id = leaves[0]?.body
  if (id == null) return false
  const { cid } = await hashBlock(id.code, claimed.body)
  return equalBytes(cid.bytes, id.bytes)
}

function isSameLeaf(a: LeafRecord, b: LeafRecord): boolean {
  const isSameBody = a.body === null || b.body === null ? a.body === b.body : a.body.equals(b.body)
  return a.key === b.key && a.height === b.height && a.purge === b.purge && isSameBody
}
