import { type CidKey, cidToKey } from '../codec/cid.js'
import { advanceHeads, type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import type { View } from '../state/view.js'

/**
 * The heads of what a log holds, after these commits were read from it; `before` are those until then.
 *
 * Only commits that stand in the log with all their ancestors are among them. One whose parents do not (their
 * pack is damaged there), or that is not valid, must not vouch for them: they would never be sent again.
 */
export async function coveredHeads(
  before: readonly CidKey[],
  arrived: readonly Commit[],
  { history }: View,
): Promise<CommitNode[]> {
  const arrivedByKey = new Map(arrived.map(commit => [commit.key, nodeOfCommit(commit)]))
  // What is in the history first: its heights are known to be right.
  const nodeOf = (key: CidKey) => history.get(key) ?? arrivedByKey.get(key)
  const reached = await findMissing(arrivedByKey.keys(), before, nodeOf)
  const uncovered = new Set(reached.map(node => node.key))
  const covered: CommitNode[] = []
  for (const node of reached) {
    if (!arrivedByKey.has(node.key)) continue
    const parents = node.parents.map(nodeOf)
    if (!parents.every(parent => parent !== undefined && !uncovered.has(parent.key))) continue
    if (node.height !== 1 + Math.max(0, ...parents.map(parent => (parent as CommitNode).height))) continue
    uncovered.delete(node.key)
    covered.push(node)
  }
  const heads = before.flatMap(key => history.get(key) ?? [])
  return advanceHeads(heads, covered)
}

function nodeOfCommit({ cid, key, height, parents }: Commit): CommitNode {
  return { cid, key, height, parents: parents.map(cidToKey) }
}
