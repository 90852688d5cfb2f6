import { cidToKey } from '../../codec/cid.js'
import type { BlockReader } from '../../packs/block-reader.js'
import { differsByErasure } from '../../state/differs-by-erasure.js'
import { treeKeyToId } from '../../state/document-record.js'
import type { Snapshot } from '../../state/snapshot.js'
import { diffTrees } from '../../tree/diff-trees.js'
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
      if (await differsByErasure(difference)) continue
      return `document ${JSON.stringify(treeKeyToId(difference.key))} is not as its commits left it`
    }
  }
  return undefined
}
