import type { CID } from '../codec/cid.js'
import type { BlockReader } from '../packs/block-reader.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { readChild, upperBoundOf } from './read-child.js'
import type { TreeNode } from './tree-node.js'

/** A node and where it hangs, so that its neighbours can be found. */
export interface TreePlace {
  readonly node: TreeNode
  readonly cid: CID
  /** The place of the node above; `undefined` at the root. */
  readonly parent: TreePlace | undefined
  /** Which child of it this is. */
  readonly index: number
  /** All keys of the node are below this; `undefined` at the right edge of the tree. */
  readonly upper: Uint8Array | undefined
}

/** The place of child `index`. */
export function childPlace(reader: BlockReader, parent: TreePlace, index: number): MaybePromise<TreePlace> {
  const upper = upperBoundOf(parent.node, index, parent.upper)
  const { cid } = parent.node.childAt(index)
  return whenReady(readChild(reader, parent.node, index, upper), node => ({
    node,
    cid,
    parent,
    index,
    upper,
  }))
}

/** The next place of the same level; `undefined` at the right edge. */
export function nextPlace(reader: BlockReader, place: TreePlace): MaybePromise<TreePlace | undefined> {
  const { parent, index } = place
  if (parent === undefined) return undefined
  if (index + 1 < parent.node.count) return childPlace(reader, parent, index + 1)
  return whenReady(nextPlace(reader, parent), next =>
    next === undefined ? undefined : childPlace(reader, next, 0),
  )
}
