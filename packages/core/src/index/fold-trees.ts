import type { Block } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'
import type { BlockReader } from '../packs/block-reader.js'
import { binaryToBytes, textToOrderedKey } from '../primitives/bytes.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { applyEdits } from '../tree/apply-edits.js'
import type { TreeEdit } from '../tree/tree-edit.js'
import { readNode, type TreeRoot } from '../tree/tree-node.js'
import type { IndexFold } from './index-base.js'
import type { IndexEntry } from './index-entry.js'
import { encodeRow } from './row-record.js'
import type { IndexTrees, StoredBase } from './stored-base.js'
import { encodeTrace } from './trace-record.js'

export interface FoldedTrees extends IndexTrees {
  /** How many rows there are. */
  readonly size: number
  readonly skipped: number
  /** Nodes that the trees before lack, in the order they are read in. */
  readonly added: readonly Block[]
  /** Nodes of the trees before that these lack. */
  readonly removed: readonly CID[]
}

export interface FoldTreesParts extends Pick<IndexFold, 'overlay' | 'breathe'> {
  readonly base: StoredBase | undefined
  /** Reads the nodes of the base. */
  readonly reader: BlockReader
}

/**
 * The trees of a stored index with an overlay folded in: what changed documents left in it goes, what they have now
 * comes (L11). In steps, between which others get their turn. `CORRUPT` when the trees do not agree with each other.
 */
export async function foldTrees(parts: FoldTreesParts): Promise<FoldedTrees> {
  const { base, overlay, breathe } = parts
  const nodes = new FoldedNodes(parts.reader)
  const plan = await planFold(parts)
  const apply = async (root: TreeRoot, edits: AsyncIterable<TreeEdit[]>) => {
    let edited = root
    for await (const step of edits) {
      edited = nodes.take(await applyEdits(nodes, edited, step))
      await breathe()
    }
    return edited
  }
  const rows = await apply(base?.parts.rows, steps(plan.rows, toRowEdit))
  const documents = await apply(
    base?.parts.documents,
    steps(plan.documents, edit => edit),
  )
  const size = (base?.size ?? 0) - plan.removedRows + overlay.entries.size
  if (size !== (rows === undefined ? 0 : (await readNode(nodes, rows)).size)) {
    throw new FirekeepError('CORRUPT', 'the rows of a stored index are not those of its documents')
  }
  const skipped = (base?.skipped ?? 0) - plan.removedSkips + overlay.skipped
  return { rows, documents, size, skipped, added: nodes.added, removed: nodes.removed }
}

/** Edits by ascending key; rows are encoded when their turn comes. */
interface FoldPlan {
  readonly rows: readonly (readonly [entryKey: string, entry: IndexEntry | undefined])[]
  readonly documents: readonly TreeEdit[]
  readonly removedRows: number
  readonly removedSkips: number
}

async function planFold({ base, overlay, breathe }: FoldTreesParts): Promise<FoldPlan> {
  const gone: [string, undefined][] = []
  const documents: TreeEdit[] = []
  let removedRows = 0
  let removedSkips = 0
  const changed = [...overlay.traces.entries()].map(([id, trace]) => ({
    id,
    trace,
    key: textToOrderedKey(id),
  }))
  changed.sort((a, b) => (a.key < b.key ? -1 : 1))
  for (let at = 0; at < changed.length; at += STEP) {
    const step = changed.slice(at, at + STEP)
    const before = (await base?.traces(step.map(({ id }) => id))) ?? []
    for (const [i, { id, trace, key }] of step.entries()) {
      for (const entryKey of before[i]?.entryKeys ?? []) {
        removedRows += 1
        if (!overlay.entries.has(entryKey)) gone.push([entryKey, undefined])
      }
      removedSkips += before[i]?.skipped ?? 0
      documents.push([binaryToBytes(key), encodeTrace(id, trace)])
    }
    await breathe()
  }
  return { rows: mergeRows(gone, [...overlay.entries.entries()]), documents, removedRows, removedSkips }
}

function mergeRows(
  gone: [string, undefined][],
  rows: [string, IndexEntry][],
): readonly (readonly [string, IndexEntry | undefined])[] {
  if (gone.length === 0) return rows
  return [...gone, ...rows].sort((a, b) => (a[0] < b[0] ? -1 : 1))
}

function toRowEdit([entryKey, entry]: FoldPlan['rows'][number]): TreeEdit {
  return [binaryToBytes(entryKey), entry && encodeRow(entry)]
}

/** Edits per step: some milliseconds of work. */
const STEP = 512

async function* steps<T>(
  items: readonly T[],
  toEdit: (item: T) => TreeEdit,
): AsyncGenerator<TreeEdit[], void> {
  for (let at = 0; at < items.length; at += STEP) yield items.slice(at, at + STEP).map(toEdit)
}

/** The nodes of the base and those that were made since. */
class FoldedNodes implements BlockReader {
  readonly #reader: BlockReader
  readonly #addedByKey = new Map<CidKey, Block>()
  readonly #removed: CID[] = []

  constructor(reader: BlockReader) {
    this.#reader = reader
  }

  get added(): readonly Block[] {
    // Leaves come before what stands above them: a walk reads many of the ones and few of the others.
    const blocks = [...this.#addedByKey.values()]
    return [...blocks.filter(block => levelOf(block) === 0), ...blocks.filter(block => levelOf(block) > 0)]
  }

  get removed(): readonly CID[] {
    return this.#removed
  }

  get(cid: CID): MaybePromise<Uint8Array> {
    return this.#addedByKey.get(cidToKey(cid))?.bytes ?? this.#reader.get(cid)
  }

  /** Takes what one step made; a node that a step made and a later one replaced was never there. */
  take(edited: { root: TreeRoot; added: readonly Block[]; removed: readonly CID[] }): TreeRoot {
    for (const block of edited.added) this.#addedByKey.set(cidToKey(block.cid), block)
    for (const cid of edited.removed) if (!this.#addedByKey.delete(cidToKey(cid))) this.#removed.push(cid)
    return edited.root
  }
}

/** The second byte of a node: `docs/format.md`, Tree node. */
function levelOf({ bytes }: Block): number {
  return bytes[1] as number
}
