import { type Block, hashBlock, RAW } from '../codec/block.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { endsChunk, entryBytes } from './chunking.js'
import { decodeChildSize, encodeChild, encodeNode, type TreeEntry } from './tree-node.js'

/** A new node, with the entry that stands for it in the level above. */
export interface WrittenNode {
  readonly block: Block
  readonly entry: TreeEntry
}

/** Cuts the ascending entries of one level into nodes, by the law of `chunking.ts`. */
export class LevelWriter {
  readonly #level: number
  readonly #nodes: MaybePromise<WrittenNode>[] = []
  #entries: TreeEntry[] = []
  #bytes = 0

  constructor(level: number) {
    this.#level = level
  }

  /** Whether the next entry begins a node. */
  get isAtBoundary(): boolean {
    return this.#entries.length === 0
  }

  push(entry: TreeEntry): void {
    const lastEntryBytes = entryBytes(entry[0], entry[1])
    this.#entries.push(entry)
    this.#bytes += lastEntryBytes
    const chunk = { entries: this.#entries.length, bytes: this.#bytes, lastEntryBytes }
    if (endsChunk(this.#level, entry[0], chunk)) this.#endNode()
  }

  /** Ends the level and gives its nodes in order. */
  finish(): Promise<WrittenNode[]> {
    if (this.#entries.length > 0) this.#endNode()
    return Promise.all(this.#nodes)
  }

  #endNode(): void {
    const entries = this.#entries
    this.#entries = []
    this.#bytes = 0
    const key = (entries[0] as TreeEntry)[0]
    const size = this.#level === 0 ? entries.length : sumSizes(entries)
    const block = hashBlock(RAW, encodeNode(this.#level, entries))
    this.#nodes.push(
      block instanceof Promise
        ? block.then(block => toWrittenNode(block, key, size))
        : toWrittenNode(block, key, size),
    )
  }
}

function toWrittenNode(block: Block, key: Uint8Array, size: number): WrittenNode {
  return { block, entry: [key, encodeChild({ cid: block.cid, size })] }
}

function sumSizes(entries: readonly TreeEntry[]): number {
  let size = 0
  for (const [, value] of entries) size += decodeChildSize(value)
  return size
}
