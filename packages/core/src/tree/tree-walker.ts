import type { BlockReader } from '../packs/block-reader.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { readChild, upperBoundOf } from './read-child.js'
import { readNode, type TreeNode, type TreeRoot } from './tree-node.js'

/** Stands on one entry of a tree, of whatever level, and goes into it or past it. Only what is entered is read. */
export class TreeWalker {
  readonly #reader: BlockReader
  readonly #path: Step[] = []
  /** The key it stands on; `undefined` at the end. */
  key: Uint8Array | undefined

  /** Stands on the first entry of the root. */
  static open(reader: BlockReader, root: TreeRoot): MaybePromise<TreeWalker> {
    const walker = new TreeWalker(reader)
    if (root === undefined) return walker
    return whenReady(readNode(reader, root), node => walker.#push({ node, upper: undefined, index: 0 }))
  }

  private constructor(reader: BlockReader) {
    this.#reader = reader
  }

  /** The level of the node that the entry is in: above 0 it stands for a node below. Not at the end. */
  get level(): number {
    return this.#top.node.level
  }

  /** The value of the entry. Not at the end. */
  get value(): Uint8Array {
    return this.#top.node.valueAt(this.#top.index)
  }

  /** Goes to the first entry of the node below, which has the same key. */
  enter(): MaybePromise<TreeWalker> {
    const { node, index, upper } = this.#top
    const childUpper = upperBoundOf(node, index, upper)
    const child = readChild(this.#reader, node, index, childUpper)
    return whenReady(child, child => this.#push({ node: child, upper: childUpper, index: 0 }))
  }

  /** Goes past the entry, and up where it was the last of its node. */
  advance(): void {
    for (let top = this.#path.at(-1); top !== undefined; top = this.#path.at(-1)) {
      if (++top.index < top.node.count) {
        this.key = top.node.keyAt(top.index)
        return
      }
      this.#path.pop()
    }
    this.key = undefined
  }

  get #top(): Step {
    return this.#path.at(-1) as Step
  }

  #push(step: Step): TreeWalker {
    this.#path.push(step)
    this.key = step.node.keyAt(0)
    return this
  }
}

interface Step {
  readonly node: TreeNode
  readonly upper: Uint8Array | undefined
  index: number
}
