import type { Block } from '../codec/block.js'
import { RAW } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { compareNodes } from '../commits/ancestry.js'
import { hasErrorCode } from '../errors.js'
import type { BlockReader } from '../packs/block-reader.js'
import { compareBytes } from '../primitives/bytes.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import { commitToTreeKey, encodeCommitRecord } from '../state/commit-record.js'
import { encodeDocumentRecord, INLINE_BYTES, idToTreeKey } from '../state/document-record.js'
import type { DocumentEntry, Leaf } from '../state/leaf.js'
import type { State } from '../state/merge-states.js'
import type { RecentCommit, View } from '../state/view.js'
import type { TreeEdit } from '../tree/tree-edit.js'
import { applyInSteps } from './apply-in-steps.js'

/** The state of a view as trees, and what of it no pack holds yet. */
export interface FoldedView {
  readonly state: State
  /** Nodes of its trees that are in no pack. */
  readonly nodes: readonly Block[]
  /** Nodes of the snapshot before that its trees do not have. */
  readonly removed: readonly CID[]
  /** Commits, and contents that the trees do not hold: each commit before its contents, by height. */
  readonly contents: readonly Block[]
}

export interface FoldParts {
  /** Reads the nodes of the snapshot before. */
  readonly blocks: BlockReader
  /** Contents that are to be erased: they are left out. */
  readonly erased: ReadonlySet<CidKey>
  readonly slice: TimeSlice
  /** Called after each document. */
  readonly onDocument: () => void
}

/** Folds the commits after the snapshot into its trees: O(what they touch · log n) (L11). */
export async function foldView(view: View, parts: FoldParts): Promise<FoldedView> {
  const { blocks, erased, slice } = parts
  const recent = [...view.commits.values()].sort((a, b) => compareNodes(a.node, b.node))
  const documents = await foldDocuments(view, parts)
  const historyEdits = recent.map(toHistoryEdit).sort(byKey)
  const history = await applyInSteps(blocks, view.snapshot?.history, historyEdits, slice)
  const docs = await applyInSteps(blocks, view.snapshot?.docs, documents.edits, slice)
  const removed = [...docs.removed, ...history.removed]
  const gone = new Set(removed.map(cidToKey))
  const unstored = (view.snapshot?.unstored ?? []).filter(({ cid }) => !gone.has(cidToKey(cid)))
  const contents = [...unstored.filter(({ cid }) => cid.code !== RAW), ...documents.displaced]
  for (const commit of recent) {
    for (const block of contentsOf(commit, view)) {
      contents.push(block)
      const pause = slice.mayEnd()
      if (pause instanceof Promise) await pause
    }
  }
  return {
    state: { heads: view.heads, docs: docs.root, history: history.root },
    nodes: [...unstored.filter(({ cid }) => cid.code === RAW), ...docs.added, ...history.added],
    removed,
    contents: contents.filter(({ cid }) => !erased.has(cidToKey(cid))),
  }
}

function toHistoryEdit({ node, commit: { time, author } }: RecentCommit): TreeEdit {
  return [commitToTreeKey(node), encodeCommitRecord({ node, time, author })]
}

interface FoldedDocuments {
  readonly edits: TreeEdit[]
  /** Contents that only the docs tree held and that lost. */
  readonly displaced: Block[]
}

async function foldDocuments(view: View, { slice, onDocument }: FoldParts): Promise<FoldedDocuments> {
  const edits: TreeEdit[] = []
  const displaced: Block[] = []
  for (const entry of view.docs.values()) {
    edits.push([idToTreeKey(entry.id), encodeDocumentRecord(entry.leaves, await winnerBody(view, entry))])
    const found = view.snapshot?.entry(entry.id)
    const old = (found instanceof Promise ? await found : found)?.leaves[0]
    if (old?.document && old.body && old.key !== entry.leaves[0]?.key) {
      displaced.push({ cid: old.body, bytes: old.document.body })
    }
    onDocument()
    await slice.mayEnd()
  }
  // They ascend already: a view has its documents in code point order, which is that of UTF-8.
  return { edits, displaced }
}

/** The content that stands in the tree; none where it was erased. */
async function winnerBody(view: View, { id, leaves }: DocumentEntry): Promise<Uint8Array | undefined> {
  try {
    const found = view.documentOf(id, leaves[0] as Leaf)
    return (found instanceof Promise ? await found : found)?.body
  } catch (error) {
    if (hasErrorCode(error, 'PRUNED')) return undefined
    throw error
  }
}

/** A commit and those of its contents that do not stand in the docs tree. */
function* contentsOf({ node, commit, documents }: RecentCommit, view: View): Generator<Block> {
  yield { cid: commit.cid, bytes: commit.bytes }
  for (const { id, body } of commit.ops) {
    const document = documents.get(id)
    if (body === null || document === undefined) continue
    const entry = view.entry(id) as DocumentEntry
    const isInline = entry.leaves[0]?.key === node.key && document.body.length <= INLINE_BYTES
    if (!isInline) yield { cid: body, bytes: document.body }
  }
}

function byKey([a]: TreeEdit, [b]: TreeEdit): number {
  return compareBytes(a, b)
}
