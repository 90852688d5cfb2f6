import type { BlockReader } from '../packs/block-reader.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { readChild } from './read-child.js'
import { splitKeys } from './split-keys.js'
import { readNode, type TreeNode, type TreeRoot } from './tree-node.js'

/** An entry in its leaf. */
export interface EntryPlace {
  readonly node: TreeNode
  readonly index: number
}

/** The value of a key, a view of a shared block; `undefined` where there is none. At once when the path is in memory. */
export function lookUp(
  reader: BlockReader,
  root: TreeRoot,
  key: Uint8Array,
): MaybePromise<Uint8Array | undefined> {
  return whenReady(findEntry(reader, root, key), place => place?.node.valueAt(place.index))
}

/** Where the entry of a key stands; `undefined` where there is none. At once when the path is in memory. */
export function findEntry(
  reader: BlockReader,
  root: TreeRoot,
  key: Uint8Array,
): MaybePromise<EntryPlace | undefined> {
  if (root === undefined) return undefined
  const node = readNode(reader, root)
  return node instanceof Promise ? node.then(node => descend(reader, node, key)) : descend(reader, node, key)
}

function descend(reader: BlockReader, top: TreeNode, key: Uint8Array): MaybePromise<EntryPlace | undefined> {
  let node = top
  while (node.level > 0) {
    const i = node.lastAtOrBelow(key)
    if (i < 0) return undefined
    const child = readChild(reader, node, i)
    if (child instanceof Promise) return child.then(child => descend(reader, child, key))
    node = child
  }
  const i = node.find(key)
  return i < 0 ? undefined : { node, index: i }
}

/**
 * The values of ascending keys, in their order. Each node is read once, and what can be read at the same time is:
 * so the number of keys bounds what is in flight.
 */
export function lookUpAll(
  reader: BlockReader,
  root: TreeRoot,
  sortedKeys: readonly Uint8Array[],
): MaybePromise<(Uint8Array | undefined)[]> {
  return whenReady(findEntries(reader, root, sortedKeys), places =>
    places.map(place => place?.node.valueAt(place.index)),
  )
}

/** As {@link findEntry} for ascending keys, at the cost of {@link lookUpAll}. */
export function findEntries(
  reader: BlockReader,
  root: TreeRoot,
  sortedKeys: readonly Uint8Array[],
): MaybePromise<(EntryPlace | undefined)[]> {
  const places = new Array<EntryPlace | undefined>(sortedKeys.length).fill(undefined)
  if (root === undefined || sortedKeys.length === 0) return places
  const search = { reader, keys: sortedKeys, places }
  const done = whenReady(readNode(reader, root), node =>
    fillPlaces(search, node, firstWithin(node, sortedKeys)),
  )
  return whenReady(done, () => places)
}

interface Search {
  readonly reader: BlockReader
  readonly keys: readonly Uint8Array[]
  readonly places: (EntryPlace | undefined)[]
}

/** Passes over the keys below the whole tree, for which nothing need be read. */
function firstWithin(node: TreeNode, keys: readonly Uint8Array[]): number {
  let from = 0
  while (from < keys.length && node.compareKeyAt(0, keys[from] as Uint8Array) > 0) from++
  return from
}

function fillPlaces(
  search: Search,
  node: TreeNode,
  from: number,
  to = search.keys.length,
): MaybePromise<void> {
  if (node.level === 0) return fillFromLeaf(search, node, from, to)
  const pending: Promise<void>[] = []
  for (const run of splitKeys(node, search.keys, from, to)) {
    const child = readChild(search.reader, node, run.index)
    const filled = whenReady(child, child => fillPlaces(search, child, run.from, run.to))
    if (filled instanceof Promise) pending.push(filled)
  }
  if (pending.length > 0) return Promise.all(pending).then(() => {})
}

function fillFromLeaf({ keys, places }: Search, leaf: TreeNode, from: number, to: number): void {
  for (let k = from; k < to; k++) {
    const i = leaf.find(keys[k] as Uint8Array)
    if (i >= 0) places[k] = { node: leaf, index: i }
  }
}
