import type { Block } from '../codec/block.js'
import type { CidKey } from '../codec/cid.js'
import { type CommitNode, compareNodes } from '../commits/ancestry.js'
import type { BlockReader } from '../packs/block-reader.js'
import { compareBytes, textToOrderedKey } from '../primitives/bytes.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import { type CommitRecord, commitToTreeKey, encodeCommitRecord } from '../state/commit-record.js'
import { encodeDocumentRecord, INLINE_BYTES, idToTreeKey } from '../state/document-record.js'
import { entriesAt, touchedBy } from '../state/entries-at.js'
import type { DocumentEntry, Leaf } from '../state/leaf.js'
import type { State } from '../state/merge-states.js'
import { PastLeaf } from '../state/past-leaf.js'
import type { RecentCommit, View } from '../state/view.js'
import { applyEdits } from '../tree/apply-edits.js'
import type { TreeEdit } from '../tree/tree-edit.js'
import type { TreeRoot } from '../tree/tree-node.js'

/** The trees of an earlier moment, and what of them no pack holds. */
export interface PastTrees extends Pick<State, 'docs' | 'history'> {
  readonly nodes: readonly Block[]
  /** Commits after the snapshot, and contents that no tree holds any more. */
  readonly contents: readonly Block[]
  /** The commits of that moment that are not part of the snapshot. */
  readonly recent: readonly RecentCommit[]
}

export interface PastMoment {
  /** The commits of the moment that are no ancestors of others in it. */
  readonly heads: readonly CommitNode[]
  /** All commits that came later. */
  readonly later: readonly CommitNode[]
  readonly slice: TimeSlice
}

/**
 * The trees of a history at an earlier moment, from those of now: documents that changed since get the leaves of then,
 * and the commits since go. The cost follows what came since. A tree follows from its entries (L1), so it is the tree
 * that the history of then gives. `PRUNED` where a content that was shown is erased.
 */
export async function pastTrees(view: View, moment: PastMoment): Promise<PastTrees> {
  const { later, slice } = moment
  const blocks = view.snapshot?.blocks ?? NO_BLOCKS
  const gone = new Set(later.map(({ key }) => key))
  const recent = [...view.commits.values()]
    .filter(({ node }) => !gone.has(node.key))
    .sort((a, b) => compareNodes(a.node, b.node))
  const folded = await foldDocuments(view, { entries: await changedSince(view, moment), gone, slice })
  const docs = await edit(blocks, view.snapshot?.docs, folded.edits)
  const history = await edit(blocks, view.snapshot?.history, historyEdits(later, recent))
  return {
    docs: docs.root,
    history: history.root,
    nodes: [...docs.added, ...history.added],
    contents: [...folded.displaced, ...recent.flatMap(commit => contentsOf(commit, folded.inline))],
    recent,
  }
}

/** The documents that the trees of now have otherwise, as they were then: without leaves where there were none. */
async function changedSince(view: View, { heads, later }: PastMoment): Promise<Map<string, DocumentEntry>> {
  const { entries, isWhole } = await entriesAt(view, heads)
  const changed = new Map<string, DocumentEntry>()
  // The later commits only: of a document that they do not touch the leaves are those of now.
  const ids = isWhole ? await touchedBy(view, later) : [...entries.values()].map(({ id }) => id)
  for (const id of ids) changed.set(id, entries.get(textToOrderedKey(id)) ?? { id, leaves: [] })
  for (const entry of view.docs.values()) if (!changed.has(entry.id)) changed.set(entry.id, entry)
  return changed
}

const NO_BLOCKS: BlockReader = {
  get() {
    throw new RangeError('a history without a snapshot has no blocks')
  },
}

function edit(blocks: BlockReader, root: TreeRoot, edits: readonly TreeEdit[]) {
  return applyEdits(
    blocks,
    root,
    [...edits].sort(([a], [b]) => compareBytes(a, b)),
  )
}

interface FoldedDocuments {
  readonly edits: readonly TreeEdit[]
  /** Contents that the docs tree of now holds and that of then does not, though they were there. */
  readonly displaced: readonly Block[]
  /** The versions whose contents stand in the tree, by {@link versionName}. */
  readonly inline: ReadonlySet<string>
}

interface FoldParts {
  readonly entries: ReadonlyMap<string, DocumentEntry>
  /** The commits that came later. */
  readonly gone: ReadonlySet<CidKey>
  readonly slice: TimeSlice
}

async function foldDocuments(view: View, { entries, gone, slice }: FoldParts): Promise<FoldedDocuments> {
  const edits: TreeEdit[] = []
  const displaced: Block[] = []
  const inline = new Set<string>()
  for (const { id, leaves } of entries.values()) {
    const [winner] = leaves
    const body = winner && (await bodyOf(view, id, winner))
    if (winner && body && body.length <= INLINE_BYTES) inline.add(versionName(winner.key, id))
    edits.push([idToTreeKey(id), winner && encodeDocumentRecord(leaves, body)])
    const shown = (await view.snapshot?.entry(id))?.leaves[0]
    if (shown?.document && shown.body && shown.key !== winner?.key && !gone.has(shown.key))
      displaced.push({ cid: shown.body, bytes: shown.document.body })
    await slice.mayEnd()
  }
  return { edits, displaced, inline }
}

async function bodyOf(view: View, id: string, leaf: Leaf): Promise<Uint8Array | undefined> {
  const document = await (leaf instanceof PastLeaf ? leaf.read(view) : view.documentOf(id, leaf))
  return document?.body
}

function historyEdits(later: readonly CommitNode[], recent: readonly RecentCommit[]): TreeEdit[] {
  const gone = later.map((node): TreeEdit => [commitToTreeKey(node), undefined])
  return [...gone, ...recent.map(({ node, commit }) => toEdit({ node, ...commit }))]
}

function toEdit({ node, time, author }: CommitRecord): TreeEdit {
  return [commitToTreeKey(node), encodeCommitRecord({ node, time, author })]
}

/** A commit and those of its contents that do not stand in the docs tree. */
function contentsOf({ node, commit, documents }: RecentCommit, inline: ReadonlySet<string>): Block[] {
  const blocks: Block[] = [{ cid: commit.cid, bytes: commit.bytes }]
  for (const { id, body } of commit.ops) {
    const document = documents.get(id)
    if (body === null || document === undefined || inline.has(versionName(node.key, id))) continue
    blocks.push({ cid: body, bytes: document.body })
  }
  return blocks
}

function versionName(commit: CidKey, id: string): string {
  return commit + id
}
