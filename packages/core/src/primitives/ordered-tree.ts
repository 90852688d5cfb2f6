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

/** `keys[i]` parts child `i` from the one before: at most the least key of it. The first one parts nothing. */
interface Branch<V> {
  readonly owner: Owner
  readonly isLeaf: false
  readonly keys: string[]
  readonly items: TreeNode<V>[]
  size: number
}

/** A B+tree from strings to values. Nodes of finished trees never change. */
export type TreeNode<V> = Leaf<V> | Branch<V>

/** A place in a leaf. */
export interface Slot<V> {
  readonly leaf: Leaf<V>
  at: number
}

// Leaves and branches list their fields in one order, so that the engine sees one shape and reads stay fast.
function newLeaf<V>(owner: Owner, keys: string[], items: V[]): Leaf<V> {
  return { owner, isLeaf: true, keys, items, size: keys.length }
}

function newBranch<V>(owner: Owner, keys: string[], items: TreeNode<V>[]): Branch<V> {
  let size = 0
  for (const child of items) size += child.size
  return { owner, isLeaf: false, keys, items, size }
}

export function childAt<V>(branch: Branch<V>, index: number): TreeNode<V> {
  return branch.items[index] as TreeNode<V>
}

/** The first index whose key is not less than `key`. */
export function lowerBound(keys: readonly string[], key: string): number {
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
export function childIndex(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (key < (keys[middle] as string)) high = middle - 1
    else low = middle
  }
  return low
}

/** How many keys come before `key`. */
export function rankInTree<V>(root: TreeNode<V>, key: string): number {
  let node = root
  let rank = 0
  while (!node.isLeaf) {
    const at = childIndex(node.keys, key)
    for (let i = 0; i < at; i += 1) rank += childAt(node, i).size
    node = childAt(node, at)
  }
  return rank + lowerBound(node.keys, key)
}

/** The place that has `rank` keys before it; there must be one. */
export function leafAtRank<V>(root: TreeNode<V>, rank: number): Slot<V> {
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

/** Applies edits one after the other; `undefined` deletes. Copies each touched node once; the same root if nothing changed. */
export function editTree<V>(
  root: TreeNode<V>,
  edits: Iterable<readonly [key: string, value: V | undefined]>,
): TreeNode<V> {
  const owner: Owner = {}
  let edited = root
  for (const [key, value] of edits) edited = balanceRoot(editNode(edited, key, value, owner), owner)
  return edited
}

function editNode<V>(node: TreeNode<V>, key: string, value: V | undefined, owner: Owner): TreeNode<V> {
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
  if (next.keys.length > MAX_ITEMS) splitChild(edited, at)
  else if (next.keys.length < MIN_ITEMS) joinChild(edited, at)
  return edited
}

function copyBranch<V>(branch: Branch<V>, owner: Owner): Branch<V> {
  return { owner, isLeaf: false, keys: branch.keys.slice(), items: branch.items.slice(), size: branch.size }
}

function balanceRoot<V>(root: TreeNode<V>, owner: Owner): TreeNode<V> {
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

function sliceNode<V>(node: TreeNode<V>, from: number, to: number, owner: Owner): TreeNode<V> {
  const keys = node.keys.slice(from, to)
  if (node.isLeaf) return newLeaf(owner, keys, node.items.slice(from, to))
  return newBranch(owner, keys, node.items.slice(from, to))
}

/** Siblings are of one kind, as all leaves lie equally deep. */
function concatNodes<V>(left: TreeNode<V>, right: TreeNode<V>, owner: Owner): TreeNode<V> {
  const keys = left.keys.concat(right.keys)
  if (left.isLeaf) return newLeaf(owner, keys, left.items.concat(right.items as V[]))
  return newBranch(owner, keys, left.items.concat(right.items as TreeNode<V>[]))
}

function isAscending(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i += 1) {
    if (!((keys[i - 1] as string) < (keys[i] as string))) return false
  }
  return true
}

/** A tree of these entries, which may come in any order. */
export function buildTree<V>(valueByKey: ReadonlyMap<string, V>): TreeNode<V> {
  const owner: Owner = {}
  const keys = [...valueByKey.keys()]
  if (!isAscending(keys)) keys.sort((a, b) => (a < b ? -1 : 1))
  const values = keys.map(key => valueByKey.get(key) as V)
  if (keys.length <= BUILD_ITEMS) return newLeaf(owner, keys, values)
  let level: TreeNode<V>[] = evenSlices(keys.length).map(([from, to]) =>
    newLeaf(owner, keys.slice(from, to), values.slice(from, to)),
  )
  while (level.length > BUILD_ITEMS) {
    level = evenSlices(level.length).map(([from, to]) => branchOver(level.slice(from, to), owner))
  }
  return branchOver(level, owner)
}

function branchOver<V>(children: TreeNode<V>[], owner: Owner): Branch<V> {
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
