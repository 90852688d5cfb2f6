import type { BlockReader } from '../packs/block-reader.js'
import { compareBytes } from '../primitives/bytes.js'
import { LevelWriter, type WrittenNode } from './level-writer.js'
import type { TreeEdit } from './tree-edit.js'
import { nextPlace, type TreePlace } from './tree-place.js'

/** What became of the chunks of one level. Both lists ascend; a node may stand in both, and is then unchanged. */
export interface LevelChange {
  /** The old nodes that were cut anew. */
  readonly before: TreePlace[]
  /** What they were cut into. */
  readonly after: WrittenNode[]
}

/**
 * Applies edits to one level of a tree. `places` are the nodes they fall in. Each is cut anew from its start, and so are
 * its successors until an old boundary is met again: from there on the law cuts as it did (`chunking.ts`).
 */
export async function editLevel(
  reader: BlockReader,
  level: number,
  places: readonly TreePlace[],
  edits: readonly TreeEdit[],
): Promise<LevelChange> {
  const writer = new LevelWriter(level)
  const before: TreePlace[] = []
  let done = 0
  let at = 0
  let place = places[0]
  while (place !== undefined) {
    before.push(place)
    done = rewrite(writer, place, edits, done)
    while (at < places.length && !isAfter(places[at] as TreePlace, place)) at++
    if (writer.isAtBoundary) place = places[at]
    else {
      const next = nextPlace(reader, place)
      place = next instanceof Promise ? await next : next
    }
  }
  return { before, after: await writer.finish() }
}

function isAfter(a: TreePlace, b: TreePlace): boolean {
  return a !== b && a.node.compareKeyAt(0, b.node.keyAt(0)) > 0
}

/** Writes the entries of a node with the edits that fall in it, from edit `from`; gives the first edit behind it. */
function rewrite(
  writer: LevelWriter,
  { node, upper }: TreePlace,
  edits: readonly TreeEdit[],
  from: number,
): number {
  let e = from
  for (let i = 0; i < node.count; i++) {
    let order = 1
    for (; e < edits.length; e++) {
      const edit = edits[e] as TreeEdit
      order = node.compareKeyAt(i, edit[0])
      if (order <= 0) break
      pushEdit(writer, edit)
    }
    if (e < edits.length && order === 0) pushEdit(writer, edits[e++] as TreeEdit)
    else writer.push([node.keyAt(i), node.valueAt(i)])
  }
  for (; e < edits.length; e++) {
    const edit = edits[e] as TreeEdit
    if (upper !== undefined && compareBytes(edit[0], upper) >= 0) break
    pushEdit(writer, edit)
  }
  return e
}

function pushEdit(writer: LevelWriter, [key, value]: TreeEdit): void {
  if (value !== undefined) writer.push([key, value])
}
