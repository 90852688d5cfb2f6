import type { Block } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { BlockReader } from '../packs/block-reader.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import { applyEdits, type EditedTree } from '../tree/apply-edits.js'
import type { TreeEdit } from '../tree/tree-edit.js'
import type { TreeRoot } from '../tree/tree-node.js'

/** A step ends at so many edits, or bytes of them: a few milliseconds of encoding and hashing. */
const STEP_EDITS = 512
const STEP_BYTES = 262_144

/**
 * What `applyEdits` gives, made in steps between which others get their turn: many thousand edits at once would
 * freeze a page. A tree follows from its entries alone (L1), so steps do not change it.
 */
export async function applyInSteps(
  reader: BlockReader,
  root: TreeRoot,
  edits: readonly TreeEdit[],
  slice: TimeSlice,
): Promise<EditedTree> {
  const addedByKey = new Map<CidKey, Block>()
  const removedByKey = new Map<CidKey, CID>()
  const nodes: BlockReader = { get: cid => addedByKey.get(cidToKey(cid))?.bytes ?? reader.get(cid) }
  let edited = root
  for (const step of steps(edits)) {
    const { root, added, removed } = await applyEdits(nodes, edited, step)
    // A node that one step made and a later one replaced was never there, and the other way round.
    for (const block of added) {
      const key = cidToKey(block.cid)
      if (!removedByKey.delete(key)) addedByKey.set(key, block)
    }
    for (const cid of removed) {
      const key = cidToKey(cid)
      if (!addedByKey.delete(key)) removedByKey.set(key, cid)
    }
    edited = root
    await slice.mayEnd()
  }
  // What is read together stands together in a pack: the leaves, then each level above.
  const added = [...addedByKey.values()].sort((a, b) => levelOf(a) - levelOf(b))
  return { root: edited, added, removed: [...removedByKey.values()] }
}

function* steps(edits: readonly TreeEdit[]): Generator<readonly TreeEdit[]> {
  let from = 0
  let bytes = 0
  for (const [i, [key, value]] of edits.entries()) {
    bytes += key.length + (value?.length ?? 0)
    if (i + 1 - from < STEP_EDITS && bytes < STEP_BYTES) continue
    yield edits.slice(from, i + 1)
    from = i + 1
    bytes = 0
  }
  if (from < edits.length) yield edits.slice(from)
}

/** The second byte of a node: `docs/format.md`, Tree node. */
function levelOf({ bytes }: Block): number {
  return bytes[1] as number
}
