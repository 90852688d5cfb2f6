import type { BlockReader } from '../packs/block-reader.js'
import { compareBytes, equalBytes } from '../primitives/bytes.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { TreeRoot } from './tree-node.js'
import { TreeWalker } from './tree-walker.js'

/** A key whose value differs; `undefined` is a tree that lacks it. */
export interface TreeDifference {
  readonly key: Uint8Array
  readonly before: Uint8Array | undefined
  readonly after: Uint8Array | undefined
}

const BATCH = 256

/**
 * Where two trees differ, ascending, in batches. It reads the nodes that only one of them has, so its cost follows
 * the difference. `readerOfB` serves trees that lie in two places.
 *
 * Both trees are walked at once, always entering the node that begins first, and of two that begin with the same key the
 * higher one, or both. A node that both trees have is thus met in both at once: a tree that is past a node's
 * first key, or inside a higher one that begins before it, cannot have it any more.
 */
export async function* diffTrees(
  reader: BlockReader,
  a: TreeRoot,
  b: TreeRoot,
  readerOfB: BlockReader = reader,
): AsyncGenerator<TreeDifference[], void, undefined> {
  if (a !== undefined && b !== undefined && a.equals(b)) return
  const [before, after] = await Promise.all([TreeWalker.open(reader, a), TreeWalker.open(readerOfB, b)])
  let batch: TreeDifference[] = []
  while (before.key !== undefined || after.key !== undefined) {
    const pending = step(before, after, batch)
    if (pending instanceof Promise) await pending
    if (batch.length >= BATCH) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** One move of one walker or of both; gives a promise where that has to read. */
function step(a: TreeWalker, b: TreeWalker, batch: TreeDifference[]): MaybePromise<unknown> {
  const order = compareKeys(a.key, b.key)
  if (order < 0) return a.level > 0 ? a.enter() : take(batch, a, undefined)
  if (order > 0) return b.level > 0 ? b.enter() : take(batch, undefined, b)
  if (a.level !== b.level) return a.level > b.level ? a.enter() : b.enter()
  if (equalBytes(a.value, b.value)) {
    a.advance()
    b.advance()
    return
  }
  return a.level > 0 ? enterBoth(a, b) : take(batch, a, b)
}

/** The end of a tree comes after all keys. */
function compareKeys(a: Uint8Array | undefined, b: Uint8Array | undefined): number {
  if (a !== undefined && b !== undefined) return compareBytes(a, b)
  return a === undefined ? 1 : -1
}

/** Both reads are under way before either is awaited. */
function enterBoth(a: TreeWalker, b: TreeWalker): MaybePromise<unknown> {
  const entered = a.enter()
  const otherEntered = b.enter()
  return entered instanceof Promise || otherEntered instanceof Promise
    ? Promise.all([entered, otherEntered])
    : undefined
}

function take(batch: TreeDifference[], a: TreeWalker | undefined, b: TreeWalker | undefined): void {
  const key = (a ?? b)?.key as Uint8Array
  batch.push({ key, before: a?.value, after: b?.value })
  a?.advance()
  b?.advance()
}
