import { RAW } from '../codec/block.js'
import { type CID, createCid } from '../codec/cid.js'
import { assert, FirekeepError } from '../errors.js'
import type { BlockReader } from '../packs/block-reader.js'
import { compareBytes } from '../primitives/bytes.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'

/** The root node of a tree; `undefined` is the empty tree. Equal contents have equal roots, whatever the history. */
export type TreeRoot = CID | undefined

/** Key and value. Both may be views of a shared block: never write to them. */
export type TreeEntry = readonly [key: Uint8Array, value: Uint8Array]

/** A node below another one, and the number of entries of its whole subtree. */
export interface TreeChild {
  readonly cid: CID
  readonly size: number
}

/**
 * A view on the bytes of one node of a prolly tree; nothing is copied. Layout: `docs/format.md`, *Tree node*.
 *
 * What is parsed is well formed: every offset is in range and keys ascend, so reading never leaves the block. That
 * the node fits the place where it hangs is checked by `readChild`.
 */
export class TreeNode {
  /** 0 for a leaf; else one more than the level of the children. */
  readonly level: number
  /** Entries in this node, at least one. */
  readonly count: number
  /** Entries in the whole subtree. */
  readonly size: number
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #keysAt: number
  readonly #valuesAt: number
  readonly #children: (TreeChild | undefined)[] = []
  readonly #decoded: unknown[] = []

  /** `CORRUPT` unless the bytes are exactly what {@link encodeNode} makes of some entries. */
  static parse(bytes: Uint8Array): TreeNode {
    return new TreeNode(bytes)
  }

  private constructor(bytes: Uint8Array) {
    if (bytes.length < HEADER_BYTES || bytes[0] !== NODE_VERSION) throw corrupt('header')
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.level = bytes[1] as number
    this.count = this.#view.getUint32(2)
    this.#keysAt = HEADER_BYTES + 8 * this.count
    if (this.count === 0 || this.#keysAt > bytes.length) throw corrupt('count')
    this.#valuesAt = this.#keysAt + this.#requireEnds(HEADER_BYTES)
    const end = this.#valuesAt + this.#requireEnds(HEADER_BYTES + 4 * this.count)
    if (end !== bytes.length) throw corrupt('length')
    this.#requireOrder()
    this.size = this.level === 0 ? this.count : this.#requireChildren()
  }

  /** A view of the key of entry `i`. */
  keyAt(i: number): Uint8Array {
    return this.#bytes.subarray(this.#keyStart(i), this.#keyEnd(i))
  }

  /** A view of the value of entry `i`. */
  valueAt(i: number): Uint8Array {
    return this.#bytes.subarray(this.#valueStart(i), this.#valueEnd(i))
  }

  /** What `decode` makes of entry `i`: made once, and kept as long as the node is in memory. One decoder a tree. */
  decodedAt<T>(i: number, decode: (key: Uint8Array, value: Uint8Array) => T): T {
    this.#decoded[i] ??= decode(this.keyAt(i), this.valueAt(i))
    return this.#decoded[i] as T
  }

  /** The index of a key in this node, or −1. */
  find(key: Uint8Array): number {
    const i = this.lowerBound(key)
    return i < this.count && this.compareKeyAt(i, key) === 0 ? i : -1
  }

  /** The index of the first key that is not below `key`; `count` where all are. */
  lowerBound(key: Uint8Array): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.compareKeyAt(middle, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The index of the last key that is not above `key`, which is the child to look in; −1 where all are above. */
  lastAtOrBelow(key: Uint8Array): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.compareKeyAt(middle, key) <= 0) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Below 0, 0 or above 0: key `i` compared with `key`, in place. */
  compareKeyAt(i: number, key: Uint8Array): number {
    const bytes = this.#bytes
    const start = this.#keyStart(i)
    const length = this.#keyEnd(i) - start
    const common = length < key.length ? length : key.length
    for (let k = 0; k < common; k++) {
      const difference = (bytes[start + k] as number) - (key[k] as number)
      if (difference !== 0) return difference
    }
    return length - key.length
  }

  /** Whether the value of entry `i` has these bytes, compared in place. */
  isValueAt(i: number, value: Uint8Array): boolean {
    const start = this.#valueStart(i)
    if (this.#valueEnd(i) - start !== value.length) return false
    const bytes = this.#bytes
    for (let k = 0; k < value.length; k++) if (bytes[start + k] !== value[k]) return false
    return true
  }

  /** Whether the least key of `child` is key `i`, as it must be where entry `i` stands for it. */
  isLeastKeyOf(i: number, child: TreeNode): boolean {
    const start = this.#keyStart(i)
    const childStart = child.#keysAt
    const length = this.#keyEnd(i) - start
    if (child.#keyEnd(0) - childStart !== length) return false
    for (let k = 0; k < length; k++) if (this.#bytes[start + k] !== child.#bytes[childStart + k]) return false
    return true
  }

  /** The child of entry `i`; only above the leaves. The same object each time. */
  childAt(i: number): TreeChild {
    const known = this.#children[i]
    if (known !== undefined) return known
    assert(this.level > 0, 'a leaf has no children')
    const start = this.#valueStart(i)
    const digest = this.#bytes.subarray(start, start + DIGEST_BYTES)
    const child = { cid: createCid(RAW, digest), size: this.childSizeAt(i) }
    this.#children[i] = child
    return child
  }

  /** The number of entries beneath child `i`, without making the child's id. */
  childSizeAt(i: number): number {
    return this.#view.getUint32(this.#valueStart(i) + DIGEST_BYTES)
  }

  #keyStart(i: number): number {
    return i === 0 ? this.#keysAt : this.#keysAt + this.#view.getUint32(HEADER_BYTES + 4 * (i - 1))
  }

  #keyEnd(i: number): number {
    return this.#keysAt + this.#view.getUint32(HEADER_BYTES + 4 * i)
  }

  #valueStart(i: number): number {
    return i === 0
      ? this.#valuesAt
      : this.#valuesAt + this.#view.getUint32(HEADER_BYTES + 4 * (this.count + i - 1))
  }

  #valueEnd(i: number): number {
    return this.#valuesAt + this.#view.getUint32(HEADER_BYTES + 4 * (this.count + i))
  }

  /** The last of the end offsets that begin here, when they ascend. */
  #requireEnds(at: number): number {
    let end = 0
    for (let i = 0; i < this.count; i++) {
      const next = this.#view.getUint32(at + 4 * i)
      if (next < end || next > this.#bytes.length) throw corrupt('offsets')
      end = next
    }
    return end
  }

  #requireOrder(): void {
    for (let i = 1; i < this.count; i++) {
      if (this.compareKeyAt(i - 1, this.keyAt(i)) >= 0) throw corrupt('order of keys')
    }
  }

  #requireChildren(): number {
    let size = 0
    for (let i = 0; i < this.count; i++) {
      if (this.#valueEnd(i) - this.#valueStart(i) !== CHILD_BYTES) throw corrupt('child')
      if (this.childSizeAt(i) === 0) throw corrupt('empty child')
      size += this.childSizeAt(i)
    }
    if (size > MAX_SIZE) throw corrupt('size')
    return size
  }
}

const NODE_VERSION = 1
const HEADER_BYTES = 6
const DIGEST_BYTES = 32
const CHILD_BYTES = DIGEST_BYTES + 4
const MAX_SIZE = 0xffff_ffff

/** `CORRUPT`, for bytes that are no node, or a node that does not fit where it hangs. */
export function corrupt(what: string): FirekeepError {
  return new FirekeepError('CORRUPT', `a tree node is damaged: ${what}`)
}

/** The bytes of a node. Entries ascend by key, and there is at least one. */
export function encodeNode(level: number, entries: readonly TreeEntry[]): Uint8Array {
  assert(entries.length > 0, 'a tree node has entries')
  let keyEnd = 0
  let valueEnd = 0
  for (const [key, value] of entries) {
    keyEnd += key.length
    valueEnd += value.length
  }
  const keysAt = HEADER_BYTES + 8 * entries.length
  const bytes = new Uint8Array(keysAt + keyEnd + valueEnd)
  bytes[0] = NODE_VERSION
  bytes[1] = level
  new DataView(bytes.buffer).setUint32(2, entries.length)
  fillNode(bytes, entries, keysAt + keyEnd)
  return bytes
}

function fillNode(bytes: Uint8Array, entries: readonly TreeEntry[], valuesAt: number): void {
  const view = new DataView(bytes.buffer)
  const keysAt = HEADER_BYTES + 8 * entries.length
  let keyEnd = 0
  let valueEnd = 0
  let endsAt = HEADER_BYTES
  let previous: Uint8Array | undefined
  for (const [key, value] of entries) {
    assert(previous === undefined || compareBytes(previous, key) < 0, 'keys of a tree ascend')
    previous = key
    copyInto(bytes, keysAt + keyEnd, key)
    copyInto(bytes, valuesAt + valueEnd, value)
    keyEnd += key.length
    valueEnd += value.length
    view.setUint32(endsAt, keyEnd)
    view.setUint32(endsAt + 4 * entries.length, valueEnd)
    endsAt += 4
  }
}

/** `set` costs more than the copy where the source is as short as keys and links are. */
function copyInto(bytes: Uint8Array, at: number, source: Uint8Array): void {
  if (source.length > 48) bytes.set(source, at)
  else for (let i = 0; i < source.length; i++) bytes[at + i] = source[i] as number
}

/** The value of an entry above the leaves. */
export function encodeChild({ cid, size }: TreeChild): Uint8Array {
  assert(size <= MAX_SIZE, 'a tree has fewer than 2^32 entries')
  const value = new Uint8Array(CHILD_BYTES)
  value.set(cid.multihash.digest)
  new DataView(value.buffer).setUint32(DIGEST_BYTES, size)
  return value
}

/** The number of entries beneath a child, from the value that stands for it. */
export function decodeChildSize(value: Uint8Array): number {
  const high = ((value[DIGEST_BYTES] as number) << 8) | (value[DIGEST_BYTES + 1] as number)
  return high * 0x10000 + (((value[DIGEST_BYTES + 2] as number) << 8) | (value[DIGEST_BYTES + 3] as number))
}

const nodeByBytes = new WeakMap<Uint8Array, TreeNode>()

/**
 * The node of this id, at once where the reader has it in memory; repeated reads then allocate nothing. `CORRUPT`
 * where the block is no node.
 */
export function readNode(reader: BlockReader, cid: CID): MaybePromise<TreeNode> {
  const bytes = reader.get(cid)
  return bytes instanceof Promise ? bytes.then(bytesToNode) : bytesToNode(bytes)
}

function bytesToNode(bytes: Uint8Array): TreeNode {
  const known = nodeByBytes.get(bytes)
  if (known !== undefined) return known
  const node = TreeNode.parse(bytes)
  nodeByBytes.set(bytes, node)
  return node
}
