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
  readonly #root: Node<V>

  private constructor(root: Node<V>) {
    this.#root = root
  }

  static empty<V>(): OrderedMap<V> {
    return new OrderedMap(newLeaf<V>({}, [], []))
  }

  /** A map of these entries, in whatever order they come; of equal keys the last wins. */
  static from<V>(entries: Iterable<readonly [key: string, value: V]>): OrderedMap<V> {
    const valueByKey = new Map(entries)
    const keys = [...valueByKey.keys()]
    if (!isAscending(keys)) keys.sort((a, b) => (a < b ? -1 : 1))
    return new OrderedMap(
      buildTree(
        keys,
        keys.map(key => valueByKey.get(key) as V),
      ),
    )
  }

  get size(): number {
    return this.#root.size
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
    const owner: Owner = {}
    let root = this.#root
    for (const [key, value] of edits) root = balanceRoot(editNode(root, key, value, owner), owner)
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

/** Full nodes are split; a node below the minimum is joined with a sibling, so every path stays equally long. */
const MAX_ITEMS = 32
const MIN_ITEMS = 10
const BUILD_ITEMS = 24

/** Marks the nodes that one `update` made: only they may be changed in place. */
type Owner = object

interface Leaf<V> {
  readonly owner: Owner
  readonly isLeaf: true
  readonly keys: string[]
  readonly items: V[]
  size: number
}

/** `keys[i]` is at most the least key of child `i` and greater than every key of the child before. */
interface Branch<V> {
  readonly owner: Owner
  readonly isLeaf: false
  readonly keys: string[]
  readonly items: Node<V>[]
  size: number
}

type Node<V> = Leaf<V> | Branch<V>

interface Slot<V> {
  readonly leaf: Leaf<V>
  at: number
}

// Leaves and branches list their fields in one order, so that the engine sees one shape and reads stay fast.
function newLeaf<V>(owner: Owner, keys: string[], items: V[]): Leaf<V> {
  return { owner, isLeaf: true, keys, items, size: keys.length }
}

function newBranch<V>(owner: Owner, keys: string[], items: Node<V>[]): Branch<V> {
  let size = 0
  for (const child of items) size += child.size
  return { owner, isLeaf: false, keys, items, size }
}

function childAt<V>(branch: Branch<V>, index: number): Node<V> {
  return branch.items[index] as Node<V>
}

/** The first index whose key is not less than `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The child that holds `key`, or would: the last whose key is not greater, else the first. */
function childIndex(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (key < (keys[middle] as string)) high = middle - 1
    else low = middle
  }
  return low
}

function rankInTree<V>(root: Node<V>, key: string): number {
  let node = root
  let rank = 0
  while (!node.isLeaf) {
    const at = childIndex(node.keys, key)
    for (let i = 0; i < at; i += 1) rank += childAt(node, i).size
    node = childAt(node, at)
  }
  return rank + lowerBound(node.keys, key)
}

function leafAtRank<V>(root: Node<V>, rank: number): Slot<V> {
  let node = root
  let at = rank
  while (!node.isLeaf) {
    let child = 0
    while (at >= childAt(node, child).size) {
      at -= childAt(node, child).size
      child += 1
    }
    node = childAt(node, child)
  }
  return { leaf: node, at }
}

function editNode<V>(node: Node<V>, key: string, value: V | undefined, owner: Owner): Node<V> {
  return node.isLeaf ? editLeaf(node, key, value, owner) : editBranch(node, key, value, owner)
}

function editLeaf<V>(leaf: Leaf<V>, key: string, value: V | undefined, owner: Owner): Leaf<V> {
  const at = lowerBound(leaf.keys, key)
  const isPresent = leaf.keys[at] === key
  if (isPresent ? leaf.items[at] === value : value === undefined) return leaf
  const edited = leaf.owner === owner ? leaf : newLeaf(owner, leaf.keys.slice(), leaf.items.slice())
  if (value === undefined) {
    edited.keys.splice(at, 1)
    edited.items.splice(at, 1)
  } else {
    edited.keys.splice(at, isPresent ? 1 : 0, key)
    edited.items.splice(at, isPresent ? 1 : 0, value)
  }
  edited.size = edited.keys.length
  return edited
}

function editBranch<V>(branch: Branch<V>, key: string, value: V | undefined, owner: Owner): Branch<V> {
  const at = childIndex(branch.keys, key)
  const child = childAt(branch, at)
  const sizeBefore = child.size
  const next = editNode(child, key, value, owner)
  if (next === child && child.owner !== owner) return branch
  const edited = branch.owner === owner ? branch : copyBranch(branch, owner)
  edited.items[at] = next
  edited.size += next.size - sizeBefore
  if (key < (edited.keys[at] as string)) edited.keys[at] = key
  if (next.keys.length > MAX_ITEMS) splitChild(edited, at)
  else if (next.keys.length < MIN_ITEMS) joinChild(edited, at)
  return edited
}

function copyBranch<V>(branch: Branch<V>, owner: Owner): Branch<V> {
  return { owner, isLeaf: false, keys: branch.keys.slice(), items: branch.items.slice(), size: branch.size }
}

function balanceRoot<V>(root: Node<V>, owner: Owner): Node<V> {
  if (root.keys.length > MAX_ITEMS) {
    const above = newBranch(owner, [root.keys[0] as string], [root])
    splitChild(above, 0)
    return above
  }
  return !root.isLeaf && root.items.length === 1 ? childAt(root, 0) : root
}

/** Replaces an overfull child by its two halves. */
function splitChild<V>(branch: Branch<V>, at: number): void {
  const child = childAt(branch, at)
  const half = child.keys.length >>> 1
  const [left, right] = [
    sliceNode(child, 0, half, branch.owner),
    sliceNode(child, half, MAX_ITEMS * 2, branch.owner),
  ]
  branch.items.splice(at, 1, left, right)
  branch.keys.splice(at + 1, 0, right.keys[0] as string)
}

/** Replaces an underfull child and a sibling by one node, or by two of equal fill where one would be overfull. */
function joinChild<V>(branch: Branch<V>, at: number): void {
  if (branch.items.length === 1) return
  const first = Math.max(0, at - 1)
  const joined = concatNodes(childAt(branch, first), childAt(branch, first + 1), branch.owner)
  branch.items.splice(first, 2, joined)
  branch.keys.splice(first + 1, 1)
  if (joined.keys.length > MAX_ITEMS) splitChild(branch, first)
}

function sliceNode<V>(node: Node<V>, from: number, to: number, owner: Owner): Node<V> {
  const keys = node.keys.slice(from, to)
  if (node.isLeaf) return newLeaf(owner, keys, node.items.slice(from, to))
  return newBranch(owner, keys, node.items.slice(from, to))
}

/** Siblings are of one kind, as all leaves lie equally deep. */
function concatNodes<V>(left: Node<V>, right: Node<V>, owner: Owner): Node<V> {
  const keys = left.keys.concat(right.keys)
  if (left.isLeaf) return newLeaf(owner, keys, left.items.concat(right.items as V[]))
  return newBranch(owner, keys, left.items.concat(right.items as Node<V>[]))
}

function isAscending(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i += 1) {
    if (!((keys[i - 1] as string) < (keys[i] as string))) return false
  }
  return true
}

function buildTree<V>(keys: string[], values: V[]): Node<V> {
  const owner: Owner = {}
  if (keys.length <= BUILD_ITEMS) return newLeaf(owner, keys, values)
  let level: Node<V>[] = evenSlices(keys.length).map(([from, to]) =>
    newLeaf(owner, keys.slice(from, to), values.slice(from, to)),
  )
  while (level.length > BUILD_ITEMS) {
    level = evenSlices(level.length).map(([from, to]) => branchOver(level.slice(from, to), owner))
  }
  return branchOver(level, owner)
}

function branchOver<V>(children: Node<V>[], owner: Owner): Branch<V> {
  return newBranch(
    owner,
    children.map(child => child.keys[0] as string),
    children,
  )
}

/** Cuts `length` items into runs that differ by at most one and hold at most {@link BUILD_ITEMS}. */
function evenSlices(length: number): [from: number, to: number][] {
  const parts = Math.ceil(length / BUILD_ITEMS)
  return Array.from({ length: parts }, (_, i) => [
    Math.floor((i * length) / parts),
    Math.floor(((i + 1) * length) / parts),
  ])
}
