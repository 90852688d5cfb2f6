import type { Block } from '../codec/block.js'
import { type CID, cidToKey } from '../codec/cid.js'
import type { BlockReader } from '../packs/block-reader.js'
import { buildAbove } from './build-above.js'
import { buildTree } from './build-tree.js'
import { editLevel, type LevelChange } from './edit-level.js'
import { findChanges } from './find-changes.js'
import type { TreeEdit } from './tree-edit.js'
import { readNode, type TreeEntry, TreeNode, type TreeRoot } from './tree-node.js'
import type { TreePlace } from './tree-place.js'

export interface EditedTree {
  readonly root: TreeRoot
  /** The nodes of the new tree that the old one lacks, exactly. */
  readonly added: Block[]
  /** The nodes of the old tree that the new one lacks, exactly. */
  readonly removed: CID[]
}

/**
 * The tree after edits, which ascend by key, none twice. It is byte for byte what `buildTree` makes of the resulting entries,
 * whatever the history (L1). Deleting what is absent, or putting what is there, changes nothing. Costs
 * O(edits · height): nodes are cut anew, level by level, from a changed one to the next boundary that stays (L11).
 */
export async function applyEdits(
  reader: BlockReader,
  root: TreeRoot,
  edits: readonly TreeEdit[],
): Promise<EditedTree> {
  if (root === undefined) return { ...(await buildTree(edits.filter(isPut))), removed: [] }
  const found = await findChanges(reader, root, edits)
  if (found.edits.length === 0) return { root, added: [], removed: [] }

  const added: Block[] = []
  const removed: CID[] = []
  let level = 0
  let places = found.leaves
  let change = await editLevel(reader, level, places, found.edits)
  for (;;) {
    const changed = dropUnchanged(change)
    for (const node of changed.after) added.push(node.block)
    for (const place of changed.before) removed.push(place.cid)
    // The parents of all nodes that were cut anew: a new node may belong to the parent of an unchanged one before it.
    places = parentsOf(change.before)
    if (places.length === 0) break
    change = await editLevel(reader, ++level, places, toParentEdits(changed))
  }
  // The old root was cut anew, so what came of it is the whole of its level.
  const above = await buildAbove(level, change.after)
  added.push(...above.added)
  return dropNarrowRoots(reader, { root: above.root, added, removed })
}

function isPut(edit: TreeEdit): edit is TreeEntry {
  return edit[1] !== undefined
}

/** A change without the nodes that were cut into themselves. */
function dropUnchanged({ before, after }: LevelChange): LevelChange {
  const old = new Set(before.map(place => cidToKey(place.cid)))
  const same = new Set(after.map(node => cidToKey(node.block.cid)).filter(key => old.has(key)))
  if (same.size === 0) return { before, after }
  return {
    before: before.filter(place => !same.has(cidToKey(place.cid))),
    after: after.filter(node => !same.has(cidToKey(node.block.cid))),
  }
}

/** What a change means one level up: the entries of new nodes are put, those of old ones are gone. */
function toParentEdits({ before, after }: LevelChange): TreeEdit[] {
  const edits: TreeEdit[] = []
  let b = 0
  for (const { entry } of after) {
    for (; b < before.length; b++) {
      const order = (before[b] as TreePlace).node.compareKeyAt(0, entry[0])
      if (order > 0) break
      if (order < 0) edits.push(deletion(before[b] as TreePlace))
    }
    edits.push(entry)
  }
  for (; b < before.length; b++) edits.push(deletion(before[b] as TreePlace))
  return edits
}

function deletion(place: TreePlace): TreeEdit {
  return [place.node.keyAt(0), undefined]
}

/** The places above, each once. Two may be of the same node, where neighbours were found on different ways. */
function parentsOf(places: readonly TreePlace[]): TreePlace[] {
  const parents: TreePlace[] = []
  for (const { parent } of places) {
    const last = parents.at(-1)
    if (parent === undefined || parent === last) continue
    if (last === undefined || last.node.compareKeyAt(0, parent.node.keyAt(0)) < 0) parents.push(parent)
  }
  return parents
}

/** The root is the lowest single node: while it is above the leaves and has one child, that child takes its place. */
async function dropNarrowRoots(reader: BlockReader, tree: EditedTree): Promise<EditedTree> {
  const { added, removed } = tree
  let root = tree.root
  while (root !== undefined) {
    const cid: CID = root
    const i = added.findLastIndex(block => block.cid.equals(cid))
    const node: TreeNode = i < 0 ? await readNode(reader, cid) : TreeNode.parse((added[i] as Block).bytes)
    if (node.level === 0 || node.count > 1) break
    if (i < 0) removed.push(cid)
    else added.splice(i, 1)
    root = node.childAt(0).cid
  }
  return { root, added, removed }
}
