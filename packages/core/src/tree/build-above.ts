import type { Block } from '../codec/block.js'
import { LevelWriter, type WrittenNode } from './level-writer.js'
import type { TreeRoot } from './tree-node.js'

/** A new tree, and the blocks of all its new nodes. */
export interface BuiltTree {
  readonly root: TreeRoot
  readonly added: Block[]
}

/** The levels above these nodes, which are all of their level, up to the first that is a single node: the root. */
export async function buildAbove(level: number, nodes: readonly WrittenNode[]): Promise<BuiltTree> {
  const added: Block[] = []
  let below = nodes
  for (let above = level + 1; below.length > 1; above++) {
    const writer = new LevelWriter(above)
    for (const node of below) writer.push(node.entry)
    below = await writer.finish()
    for (const node of below) added.push(node.block)
  }
  return { root: below[0]?.block.cid, added }
}
