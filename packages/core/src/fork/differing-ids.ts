import { textToOrderedKey } from '../primitives/bytes.js'
import { treeKeyToId } from '../state/document-record.js'
import type { View } from '../state/view.js'
import { diffTrees } from '../tree/diff-trees.js'

/**
 * The documents that two views may show otherwise, in id order, each once: those that commits after a snapshot touch,
 * and those in which the trees differ. Equal trees are not read, so it costs what differs, of views of one lineage.
 */
export async function* differingIds(mine: View, theirs: View): AsyncGenerator<string, void> {
  const recent = new Map<string, string>()
  for (const { id } of [...mine.docs.values(), ...theirs.docs.values()]) recent.set(textToOrderedKey(id), id)
  const keys = [...recent.keys()].sort()
  let next = 0
  for await (const id of foldedDiffering(mine, theirs)) {
    const key = textToOrderedKey(id)
    for (; next < keys.length && (keys[next] as string) < key; next += 1) yield idAt(recent, keys, next)
    if (keys[next] === key) next += 1
    yield id
  }
  for (; next < keys.length; next += 1) yield idAt(recent, keys, next)
}

function idAt(idByKey: ReadonlyMap<string, string>, keys: readonly string[], index: number): string {
  return idByKey.get(keys[index] as string) as string
}

async function* foldedDiffering(
  { snapshot: mine }: View,
  { snapshot: theirs }: View,
): AsyncGenerator<string, void> {
  const blocks = (mine ?? theirs)?.blocks
  if (blocks === undefined) return
  const differences = diffTrees(blocks, mine?.docs, theirs?.docs, theirs?.blocks ?? blocks)
  for await (const batch of differences) for (const { key } of batch) yield treeKeyToId(key)
}
