import type { CID } from '../codec/cid.js'
import type { BlockReader } from '../packs/block-reader.js'
import { readChild, upperBoundOf } from './read-child.js'
import { readNode, type TreeNode, type TreeRoot } from './tree-node.js'

/**
 * The ids of all nodes of a tree, each once, a node before those below it. It reads the root and the nodes above the
 * leaves; leaves are known by their links.
 */
export async function* listNodes(
  reader: BlockReader,
  root: TreeRoot,
): AsyncGenerator<CID[], void, undefined> {
  if (root === undefined) return
  yield [root]
  const open: Branch[] = [{ node: await readNode(reader, root), upper: undefined }]
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    if (branch.node.level === 0) continue
    yield Array.from({ length: branch.node.count }, (_, i) => (branch as Branch).node.childAt(i).cid)
    if (branch.node.level > 1) open.push(...(await readBranches(reader, branch)))
  }
}

interface Branch {
  readonly node: TreeNode
  readonly upper: Uint8Array | undefined
}

function readBranches(reader: BlockReader, { node, upper }: Branch): Promise<Branch[]> {
  const indexes = Array.from({ length: node.count }, (_, i) => i)
  return Promise.all(
    indexes.map(async i => {
      const childUpper = upperBoundOf(node, i, upper)
      return { node: await readChild(reader, node, i, childUpper), upper: childUpper }
    }),
  )
}
