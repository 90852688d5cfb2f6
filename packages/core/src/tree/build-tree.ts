import { type BuiltTree, buildAbove } from './build-above.js'
import { LevelWriter } from './level-writer.js'
import type { TreeEntry } from './tree-node.js'

/** The tree of these entries, which ascend by key, none twice. */
export async function buildTree(entries: Iterable<TreeEntry>): Promise<BuiltTree> {
  const writer = new LevelWriter(0)
  for (const entry of entries) writer.push(entry)
  const leaves = await writer.finish()
  const { root, added } = await buildAbove(0, leaves)
  return { root, added: [...leaves.map(leaf => leaf.block), ...added] }
}
