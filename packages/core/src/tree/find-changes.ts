import type { CID } from '../codec/cid.js'
import { assert } from '../errors.js'
import type { BlockReader } from '../packs/block-reader.js'
import { compareBytes } from '../primitives/bytes.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { splitKeys } from './split-keys.js'
import type { TreeEdit } from './tree-edit.js'
import { readNode } from './tree-node.js'
import { childPlace, type TreePlace } from './tree-place.js'

/** The edits that change something, and the leaves they fall in; both ascend. */
export interface FoundChanges {
  readonly edits: readonly TreeEdit[]
  readonly leaves: readonly TreePlace[]
}

/** Looks all edits up, reading each node on the way once and siblings at the same time. */
export async function findChanges(
  reader: BlockReader,
  root: CID,
  edits: readonly TreeEdit[],
): Promise<FoundChanges> {
  const keys = edits.map(edit => edit[0])
  for (let i = 1; i < keys.length; i++) {
    assert(compareBytes(keys[i - 1] as Uint8Array, keys[i] as Uint8Array) < 0, 'edits ascend by key')
  }
  const leafByFirst = new Array<TreePlace | undefined>(edits.length).fill(undefined)
  const search: Search = { reader, edits, keys, isChange: new Uint8Array(edits.length), leafByFirst }
  const place = {
    node: await readNode(reader, root),
    cid: root,
    parent: undefined,
    index: 0,
    upper: undefined,
  }
  await visit(search, place, 0, edits.length)
  return {
    edits: edits.filter((_, i) => search.isChange[i] === 1),
    leaves: search.leafByFirst.filter(leaf => leaf !== undefined),
  }
}

interface Search {
  readonly reader: BlockReader
  readonly edits: readonly TreeEdit[]
  readonly keys: readonly Uint8Array[]
  readonly isChange: Uint8Array
  /** Leaves that change, each at the index of the first edit in it: so they ascend in whatever order they come. */
  readonly leafByFirst: (TreePlace | undefined)[]
}

function visit(search: Search, place: TreePlace, from: number, to: number): MaybePromise<void> {
  if (place.node.level === 0) {
    if (visitLeaf(search, place, from, to)) search.leafByFirst[from] = place
    return
  }
  const pending: Promise<void>[] = []
  for (const run of splitKeys(place.node, search.keys, from, to)) {
    const child = childPlace(search.reader, place, run.index)
    const visited = whenReady(child, child => visit(search, child, run.from, run.to))
    if (visited instanceof Promise) pending.push(visited)
  }
  if (pending.length > 0) return Promise.all(pending).then(() => {})
}

function visitLeaf(search: Search, { node }: TreePlace, from: number, to: number): boolean {
  let changes = false
  let next = 0
  for (let e = from; e < to; e++) {
    const [key, value] = search.edits[e] as TreeEdit
    // Many edits in one leaf are often of entries that follow each other.
    const i = next < node.count && node.compareKeyAt(next, key) === 0 ? next : node.find(key)
    if (i >= 0) next = i + 1
    if (value === undefined ? i < 0 : i >= 0 && node.isValueAt(i, value)) continue
    search.isChange[e] = 1
    changes = true
  }
  return changes
}
