import type { PackStore } from '../packs/pack-store.js'
import { binaryToBytes, bytesToBinary, textToOrderedKey } from '../primitives/bytes.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { KeyRange, KeyWalk } from '../primitives/ordered-map.js'
import { countRange, entryAtRank } from '../tree/count-range.js'
import { lookUpAll } from '../tree/look-up.js'
import { type LeafRun, scanTree } from '../tree/scan-tree.js'
import type { TreeRoot } from '../tree/tree-node.js'
import { splitEntryKey } from './entry-key-parts.js'
import type { BaseTrace, IndexBase } from './index-base.js'
import { AFTER_ALL, type IndexRow } from './index-entry.js'
import type { IndexPack } from './index-record.js'
import { decodeRow } from './row-record.js'
import { decodeTrace } from './trace-record.js'

/** The two trees of a stored index. */
export interface IndexTrees {
  /** Entry key -> row. */
  readonly rows: TreeRoot
  /** Id -> what the document left in the index. */
  readonly documents: TreeRoot
}

export interface StoredBaseParts extends IndexTrees {
  readonly reader: PackStore
  /** The packs that its nodes lie in. */
  readonly packs: readonly IndexPack[]
  readonly heads: readonly string[]
  readonly size: number
  readonly skipped: number
  readonly isSameSource: boolean
  /** Documents without rows, for `sample`. */
  readonly unindexed: readonly string[]
}

/** The stored part of an index: its trees, read page by page. */
export class StoredBase implements IndexBase {
  readonly parts: StoredBaseParts

  constructor(parts: StoredBaseParts) {
    this.parts = parts
  }

  get heads(): readonly string[] {
    return this.parts.heads
  }

  get size(): number {
    return this.parts.size
  }

  get skipped(): number {
    return this.parts.skipped
  }

  get isSameSource(): boolean {
    return this.parts.isSameSource
  }

  async *pages({ reverse, ...range }: KeyWalk): AsyncGenerator<readonly IndexRow[], void> {
    const { reader, rows } = this.parts
    for await (const run of scanTree(reader, rows, { ...toBytes(range), reverse })) {
      const page = decodeRun(run)
      yield reverse ? page.reverse() : page
    }
  }

  count(range: KeyRange): MaybePromise<number> {
    return countRange(this.parts.reader, this.parts.rows, toBytes(range))
  }

  traces(ids: readonly string[]): MaybePromise<readonly (BaseTrace | undefined)[]> {
    return ids.length <= AT_ONCE ? this.#lookUp(ids) : this.#lookUpInParts(ids)
  }

  async sample(count: number): Promise<readonly string[]> {
    const { reader, rows, size, unindexed } = this.parts
    const ids = new Set(unindexed)
    const wanted = Math.min(count - ids.size, size)
    for (let i = 0; i < wanted; i += 1) {
      const entry = await entryAtRank(reader, rows, Math.floor((i * size) / wanted))
      if (entry !== undefined) ids.add(splitEntryKey(bytesToBinary(entry[0])).id)
    }
    return [...ids]
  }

  #lookUp(ids: readonly string[]): MaybePromise<readonly (BaseTrace | undefined)[]> {
    const { reader, documents } = this.parts
    const order = ids
      .map((id, i) => ({ i, key: textToOrderedKey(id) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    const found = lookUpAll(
      reader,
      documents,
      order.map(({ key }) => binaryToBytes(key)),
    )
    return whenReady(found, values => {
      const traces: (BaseTrace | undefined)[] = ids.map(() => undefined)
      for (const [at, { i }] of order.entries()) {
        const value = values[at]
        if (value !== undefined) traces[i] = decodeTrace(ids[i] as string, value)
      }
      return traces
    })
  }

  async #lookUpInParts(ids: readonly string[]): Promise<readonly (BaseTrace | undefined)[]> {
    const traces: (BaseTrace | undefined)[] = []
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      traces.push(...(await this.#lookUp(ids.slice(at, at + AT_ONCE))))
    }
    return traces
  }
}

/** The number of keys looked up together bounds what is read at the same time. */
const AT_ONCE = 512

/** As long as the page is in memory a row is one object, and its body checked once. */
function decodeRun({ node, start, end }: LeafRun): IndexRow[] {
  const rows: IndexRow[] = []
  for (let i = start; i < end; i += 1) rows.push(node.decodedAt(i, decodeRow))
  return rows
}

function toBytes({ from, to }: KeyRange): { from?: Uint8Array; to?: Uint8Array } {
  const end = to === undefined ? undefined : upperBound(to)
  return { ...(from && { from: binaryToBytes(from) }), ...(end && { to: end }) }
}

/**
 * The least bytes that are not below a bound; `undefined` where all are. A bound may end in {@link AFTER_ALL}, which
 * no byte is: then it is what follows all that begin with the rest.
 */
function upperBound(to: string): Uint8Array | undefined {
  if (!to.endsWith(AFTER_ALL)) return binaryToBytes(to)
  let length = to.length - AFTER_ALL.length
  while (length > 0 && to.charCodeAt(length - 1) === 0xff) length -= 1
  if (length === 0) return undefined
  const bytes = binaryToBytes(to.slice(0, length))
  bytes[length - 1] = (bytes[length - 1] as number) + 1
  return bytes
}
