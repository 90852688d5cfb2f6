import { type CommitNode, compareNodes } from '../commits/ancestry.js'
import { decodeCommitRecord } from '../state/commit-record.js'
import type { View } from '../state/view.js'
import { diffTrees } from '../tree/diff-trees.js'

/**
 * The commits of another history that a view does not have, parents first. It compares the trees of both histories:
 * the cost follows the difference and not the heights at which they parted.
 */
export async function missingCommits(mine: View, theirs: View): Promise<CommitNode[]> {
  const missing: CommitNode[] = []
  const take = async (node: CommitNode) => {
    if ((await mine.nodeOf(node)) === undefined) missing.push(node)
  }
  for (const { node } of theirs.commits.values()) await take(node)
  for await (const node of foldedOnlyIn(mine, theirs)) await take(node)
  return missing.sort(compareNodes)
}

async function* foldedOnlyIn(mine: View, theirs: View): AsyncGenerator<CommitNode, void> {
  const { snapshot } = theirs
  if (snapshot === undefined) return
  const mineBlocks = mine.snapshot?.blocks ?? snapshot.blocks
  const differences = diffTrees(mineBlocks, mine.snapshot?.history, snapshot.history, snapshot.blocks)
  for await (const batch of differences) {
    for (const { key, before, after } of batch) {
      if (before === undefined && after !== undefined) yield decodeCommitRecord(key, after).node
    }
  }
}
