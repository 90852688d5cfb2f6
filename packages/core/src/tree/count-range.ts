import type { BlockReader } from '../packs/block-reader.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { readChild } from './read-child.js'
import type { KeyRange } from './scan-tree.js'
import { readNode, type TreeEntry, type TreeNode, type TreeRoot } from './tree-node.js'

/** The number of entries of a range, from the sizes that nodes keep: it reads the paths to both ends, no more. */
export function countRange(reader: BlockReader, root: TreeRoot, range: KeyRange = {}): MaybePromise<number> {
  if (root === undefined) return 0
  const { from, to } = range
  return whenReady(readNode(reader, root), node => {
    const before = from === undefined ? 0 : countBelow(reader, node, from)
    const until = to === undefined ? node.size : countBelow(reader, node, to)
    return whenReady(before, before => whenReady(until, until => Math.max(0, until - before)))
  })
}

function countBelow(reader: BlockReader, node: TreeNode, key: Uint8Array): MaybePromise<number> {
  if (node.level === 0) return node.lowerBound(key)
  const i = node.lastAtOrBelow(key)
  if (i < 0) return 0
  let before = 0
  for (let k = 0; k < i; k++) before += node.childSizeAt(k)
  // A child's least key is that of its entry: where that is the key itself, nothing beneath is below it.
  if (node.compareKeyAt(i, key) === 0) return before
  return whenReady(
    whenReady(readChild(reader, node, i), child => countBelow(reader, child, key)),
    below => before + below,
  )
}

/** The entry that `rank` others precede; `undefined` where there are not that many. */
export function entryAtRank(
  reader: BlockReader,
  root: TreeRoot,
  rank: number,
): MaybePromise<TreeEntry | undefined> {
  if (root === undefined || rank < 0) return undefined
  return whenReady(readNode(reader, root), node =>
    rank < node.size ? entryWithin(reader, node, rank) : undefined,
  )
}

function entryWithin(reader: BlockReader, node: TreeNode, rank: number): MaybePromise<TreeEntry> {
  if (node.level === 0) return [node.keyAt(rank), node.valueAt(rank)]
  let rest = rank
  let i = 0
  while (rest >= node.childSizeAt(i)) rest -= node.childSizeAt(i++)
  return whenReady(readChild(reader, node, i), child => entryWithin(reader, child, rest))
}
