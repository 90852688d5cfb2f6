import type { BlockReader } from '../packs/block-reader.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { corrupt, readNode, type TreeNode } from './tree-node.js'

/**
 * Child `i` of a node, checked against what the node says of it (L7): level, size, least key. All keys of the child are
 * below `upper`, see {@link upperBoundOf}; who walks more than one path passes it. As levels fall and the key
 * ranges of siblings do not overlap, no tree, however made, is walked for longer than it has nodes.
 */
export function readChild(
  reader: BlockReader,
  node: TreeNode,
  i: number,
  upper?: Uint8Array,
): MaybePromise<TreeNode> {
  const child = readNode(reader, node.childAt(i).cid)
  if (child instanceof Promise) return child.then(child => requireFit(node, i, child, upper))
  return requireFit(node, i, child, upper)
}

function requireFit(node: TreeNode, i: number, child: TreeNode, upper: Uint8Array | undefined): TreeNode {
  if (child.level !== node.level - 1) throw corrupt('level of a child')
  if (child.size !== node.childSizeAt(i)) throw corrupt('size of a child')
  if (!node.isLeastKeyOf(i, child)) throw corrupt('least key of a child')
  if (upper !== undefined && child.compareKeyAt(child.count - 1, upper) >= 0)
    throw corrupt('greatest key of a child')
  return child
}

/** What all keys beneath child `i` lie below, `upper` being that of the node; `undefined` is no bound. */
export function upperBoundOf(
  node: TreeNode,
  i: number,
  upper: Uint8Array | undefined,
): Uint8Array | undefined {
  return i + 1 < node.count ? node.keyAt(i + 1) : upper
}
