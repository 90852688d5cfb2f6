import {
  buildTree,
  childAt,
  childIndex,
  editTree,
  leafAtRank,
  lowerBound,
  rankInTree,
  type Slot,
  type TreeNode,
} from './ordered-tree.js'

/** A part of an {@link OrderedMap}: `from` is inclusive, `to` exclusive; what is left out is open. */
export interface KeyRange {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** A {@link KeyRange} and the direction to walk it in. */
export interface KeyWalk extends KeyRange {
  readonly reverse?: boolean | undefined
}

/** A key and its new value; `undefined` deletes the key. */
export type MapEdit<V> = readonly [key: string, value: V | undefined]

/**
 * An immutable map from string keys, ordered by `<`, to values other than `undefined`.
 *
 * A B+tree whose nodes know their sizes. An edit copies the nodes on one path and shares the rest, so an older
 * map stays as it was while a newer one is made (law L6); `get`, `set`, `delete` and `count` take O(log n).
 * {@link OrderedMap.update} copies each touched node once, however many edits fall into it. An edit that changes
 * nothing returns the same map.
 *
 * @example
 * ```ts
 * const map = OrderedMap.from([['a', 1], ['c', 3]])
 * const next = map.set('b', 2)
 * ;[...next.keys({ from: 'b' })] // ['b', 'c'], and `map` still has two keys
 * ```
 */
export class OrderedMap<V> {
  readonly #root: TreeNode<V>

  private constructor(root: TreeNode<V>) {
    this.#root = root
  }

  static empty<V>(): OrderedMap<V> {
    return new OrderedMap(buildTree<V>(new Map()))
  }

  /** A map of these entries, in whatever order they come; of equal keys the last wins. */
  static from<V>(entries: Iterable<readonly [key: string, value: V]>): OrderedMap<V> {
    return new OrderedMap(buildTree(new Map(entries)))
  }

  get size(): number {
    return this.#root.size
  }

  /** The nodes on the way to a value: what a lookup costs. */
  get height(): number {
    let height = 1
    for (let node = this.#root; !node.isLeaf; node = childAt(node, 0)) height += 1
    return height
  }

  get(key: string): V | undefined {
    let node = this.#root
    while (!node.isLeaf) node = childAt(node, childIndex(node.keys, key))
    const at = lowerBound(node.keys, key)
    return node.keys[at] === key ? node.items[at] : undefined
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  set(key: string, value: V): OrderedMap<V> {
    return this.update([[key, value]])
  }

  delete(key: string): OrderedMap<V> {
    return this.update([[key, undefined]])
  }

  /** Applies the edits one after the other. */
  update(edits: Iterable<MapEdit<V>>): OrderedMap<V> {
    const root = editTree(this.#root, edits)
    return root === this.#root ? this : new OrderedMap(root)
  }

  /** How many keys the range holds, without walking it. */
  count(range: KeyRange = {}): number {
    return Math.max(0, this.#rankOf(range.to, this.size) - this.#rankOf(range.from, 0))
  }

  /** The entry with this many keys before it. */
  at(rank: number): [key: string, value: V] | undefined {
    if (rank < 0 || rank >= this.size) return undefined
    const { leaf, at } = leafAtRank(this.#root, rank)
    return [leaf.keys[at] as string, leaf.items[at] as V]
  }

  *entries(walk: KeyWalk = {}): IterableIterator<[key: string, value: V]> {
    for (const slot of this.#slots(walk))
      yield [slot.leaf.keys[slot.at] as string, slot.leaf.items[slot.at] as V]
  }

  *keys(walk: KeyWalk = {}): IterableIterator<string> {
    for (const slot of this.#slots(walk)) yield slot.leaf.keys[slot.at] as string
  }

  *values(walk: KeyWalk = {}): IterableIterator<V> {
    for (const slot of this.#slots(walk)) yield slot.leaf.items[slot.at] as V
  }

  /**
   * Walks by rank: a leaf is looked up from the root once, then read to its end. The slot yielded is one object
   * that moves on, so that a walk allocates nothing per entry.
   */
  *#slots(walk: KeyWalk): Generator<Slot<V>, void, undefined> {
    let low = this.#rankOf(walk.from, 0)
    let high = this.#rankOf(walk.to, this.size)
    while (low < high) {
      const slot = leafAtRank(this.#root, walk.reverse ? high - 1 : low)
      if (walk.reverse) {
        for (; slot.at >= 0 && low < high; slot.at -= 1, high -= 1) yield slot
      } else {
        for (; slot.at < slot.leaf.size && low < high; slot.at += 1, low += 1) yield slot
      }
    }
  }

  #rankOf(key: string | undefined, otherwise: number): number {
    return key === undefined ? otherwise : rankInTree(this.#root, key)
  }
}
