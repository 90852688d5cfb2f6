import type { BlockReader } from '../packs/block-reader.js'
import { readChild, upperBoundOf } from './read-child.js'
import { readNode, type TreeNode, type TreeRoot } from './tree-node.js'

/** The keys from `from`, included, to `to`, excluded; what is left out is no bound. */
export interface KeyRange {
  readonly from?: Uint8Array | undefined
  readonly to?: Uint8Array | undefined
}

export interface ScanOptions extends KeyRange {
  /** From the greatest key down: runs come from the right, and the consumer walks each run backwards. */
  readonly reverse?: boolean | undefined
}

/** Entries `start` to before `end` of a leaf: all of it that lies in the range, and at least one. */
export interface LeafRun {
  readonly node: TreeNode
  readonly start: number
  readonly end: number
}

/** The entries of a range, leaf by leaf. A leaf is read when it is asked for, so that one who stops early reads no more. */
export async function* scanTree(
  reader: BlockReader,
  root: TreeRoot,
  options: ScanOptions = {},
): AsyncGenerator<LeafRun, void, undefined> {
  if (root === undefined) return
  const path = [enter(await readNode(reader, root), undefined, options)]
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { node, start, end, upper } = top
    if (node.level === 0) {
      path.pop()
      if (start < end) yield { node, start, end }
    } else if (start >= end) path.pop()
    else {
      const i = options.reverse ? --top.end : top.start++
      const childUpper = upperBoundOf(node, i, upper)
      const child = readChild(reader, node, i, childUpper)
      path.push(enter(child instanceof Promise ? await child : child, childUpper, options))
    }
  }
}

/** A node on the way, and what of it is still to visit. */
interface Step {
  readonly node: TreeNode
  readonly upper: Uint8Array | undefined
  start: number
  end: number
}

function enter(node: TreeNode, upper: Uint8Array | undefined, { from, to }: KeyRange): Step {
  const end = to === undefined ? node.count : node.lowerBound(to)
  if (from === undefined) return { node, upper, start: 0, end }
  const start = node.level === 0 ? node.lowerBound(from) : Math.max(0, node.lastAtOrBelow(from))
  return { node, upper, start, end }
}
