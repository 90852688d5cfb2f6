import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { advanceHeads, type CommitNode, type CommitRef, findMissing } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import type { View } from '../state/view.js'

/**
 * The heads of what a log holds, after these commits were read from it; `before` are those until then.
 *
 * Only commits that stand in the log with all their ancestors are among them. One whose parents do not (their
 * pack is damaged there), or that is not valid, must not vouch for them: they would never be sent again.
 */
export async function coveredHeads(
  before: readonly CID[],
  arrived: readonly Commit[],
  view: View,
): Promise<CommitNode[]> {
  const heads = (await Promise.all(before.map(cid => view.find(cid)))).filter(node => node !== undefined)
  const arrivedByKey = await nodesOf(arrived, view)
  // What is in the history first: its heights are known to be right.
  const nodeOf = async (ref: CommitRef) => (await view.nodeOf(ref)) ?? arrivedByKey.get(ref.key)
  const reached = await findMissing(arrivedByKey.values(), heads, nodeOf)
  const uncovered = new Set(reached.map(node => node.key))
  const covered: CommitNode[] = []
  for (const node of reached) {
    if (!arrivedByKey.has(node.key)) continue
    const parents = await Promise.all(node.parents.map(nodeOf))
    if (!parents.every(parent => parent !== undefined && !uncovered.has(parent.key))) continue
    if (node.height !== 1 + Math.max(0, ...parents.map(parent => (parent as CommitNode).height))) continue
    uncovered.delete(node.key)
    covered.push(node)
  }
  return advanceHeads(heads, covered)
}

/** The places that commits claim; a parent that nobody has gets a height that finds nothing. */
async function nodesOf(commits: readonly Commit[], view: View): Promise<Map<CidKey, CommitNode>> {
  const heightByKey = new Map(commits.map(commit => [commit.key, commit.height]))
  const heightOf = async (cid: CID) => heightByKey.get(cidToKey(cid)) ?? (await view.find(cid))?.height ?? 0
  const nodeByKey = new Map<CidKey, CommitNode>()
  for (const { cid, key, height, parents } of commits) {
    const refs = parents.map(async parent => ({ key: cidToKey(parent), height: await heightOf(parent) }))
    nodeByKey.set(key, { cid, key, height, parents: await Promise.all(refs) })
  }
  return nodeByKey
}
