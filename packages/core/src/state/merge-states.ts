import type { Block } from '../codec/block.js'
import type { CidKey } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { FirekeepError } from '../errors.js'
import type { BlockReader } from '../packs/block-reader.js'
import { equalBytes } from '../primitives/bytes.js'
import { applyEdits } from '../tree/apply-edits.js'
import { diffTrees, type TreeDifference } from '../tree/diff-trees.js'
import type { TreeEdit } from '../tree/tree-edit.js'
import type { TreeRoot } from '../tree/tree-node.js'
import { treeKeyToCommit } from './commit-record.js'
import { decodeDocumentRecord } from './document-record.js'
import { type BodyOf, type MergedDocument, mergeDocument } from './merge-document.js'

/** The state of a history, as two trees: what a snapshot is made of. */
export interface State {
  /** Ascending by CID bytes. */
  readonly heads: readonly CommitNode[]
  /** Id -> leaves (`document-record.ts`). */
  readonly docs: TreeRoot
  /** Height and CID -> parents, author, time (`commit-record.ts`). */
  readonly history: TreeRoot
}

export interface MergedState {
  readonly state: State
  /** Tree nodes that the merge made. */
  readonly added: readonly Block[]
  /** Contents that only a tree held and that no tree holds now: the caller puts them into a pack. */
  readonly bodies: readonly Block[]
}

/**
 * The state of the union of two histories, the same bytes that folding the union would give (L1). So it is
 * commutative, associative and idempotent, and any schedule of compactions ends in the same roots.
 *
 * A version is a leaf iff it is a leaf in every side whose history contains it: what supersedes it lies in one of
 * the two histories, and whether that counts is decided by its ancestors, which lie in the same. Heads likewise.
 * It reads no commit, and of the trees what `diffTrees` reads: which commits only one side has, the difference of
 * the history trees already tells. `bodyOf` reads the content of a version that loses in its state and wins in the
 * union.
 *
 * `CORRUPT` when the states contradict each other.
 */
export async function mergeStates(
  reader: BlockReader,
  bodyOf: BodyOf,
  a: State,
  b: State,
): Promise<MergedState> {
  if (b.history === undefined || isSameRoot(a.history, b.history)) return unchanged(a, b)
  if (a.history === undefined) return unchanged(b, a)
  const commits = await compareHistories(reader, a, b)
  const documents = await compareDocuments(reader, bodyOf, [a.docs, commits.ownOfA], [b.docs, commits.ownOfB])
  const history = await applyFewer(reader, [a.history, commits.editsOfA], [b.history, commits.editsOfB])
  const docs = await applyFewer(reader, [a.docs, documents.editsOfA], [b.docs, documents.editsOfB])
  return {
    state: { heads: mergeHeads(a, b, commits), docs: docs.root, history: history.root },
    added: [...docs.added, ...history.added],
    bodies: documents.displaced,
  }
}

/** For a state that the other adds nothing to. */
function unchanged(state: State, other: State): MergedState {
  // Equal histories have equal documents (L1); one without commits has none.
  const docs = other.history === undefined ? undefined : state.docs
  if (!isSameRoot(docs, other.docs)) throw contradiction()
  return { state, added: [], bodies: [] }
}

function isSameRoot(a: TreeRoot, b: TreeRoot): boolean {
  return a === b || (a !== undefined && b !== undefined && a.equals(b))
}

function contradiction(): FirekeepError {
  return new FirekeepError('CORRUPT', 'two snapshots contradict each other')
}

/** What makes the union of each of two trees, in key order. */
interface Edits {
  readonly editsOfA: readonly TreeEdit[]
  readonly editsOfB: readonly TreeEdit[]
}

/** The commits that only one of two histories has. */
interface OwnCommits {
  readonly ownOfA: ReadonlySet<CidKey>
  readonly ownOfB: ReadonlySet<CidKey>
}

async function compareHistories(reader: BlockReader, a: State, b: State): Promise<Edits & OwnCommits> {
  const editsOfA: TreeEdit[] = []
  const editsOfB: TreeEdit[] = []
  const ownOfA = new Set<CidKey>()
  const ownOfB = new Set<CidKey>()
  for await (const batch of diffTrees(reader, a.history, b.history)) {
    for (const { key, before, after } of batch) {
      // What stands in the tree follows from the commit.
      if (before !== undefined && after !== undefined) throw contradiction()
      const commit = treeKeyToCommit(key).key
      if (before === undefined) {
        ownOfB.add(commit)
        editsOfA.push([key, after])
      } else {
        ownOfA.add(commit)
        editsOfB.push([key, before])
      }
    }
  }
  return { editsOfA, editsOfB, ownOfA, ownOfB }
}

/** The documents of one state, and the commits that only its history has. */
type Documents = readonly [root: TreeRoot, own: ReadonlySet<CidKey>]

/**
 * Merges the documents whose records differ; no other changes. Where both sides have the same leaves, those are
 * leaves in every side, and any other version is superseded in a side that has it. Where one side has no record,
 * it has no version of that document either, as of some versions there is always a leaf: the other's record stands.
 */
async function compareDocuments(
  reader: BlockReader,
  bodyOf: BodyOf,
  [rootOfA, ownOfA]: Documents,
  [rootOfB, ownOfB]: Documents,
): Promise<Edits & { readonly displaced: readonly Block[] }> {
  const editsOfA: TreeEdit[] = []
  const editsOfB: TreeEdit[] = []
  const displaced: Block[] = []
  // Asynchronous, so that one that fails leaves no other's failure unheard.
  const merge = async ({ before, after }: TreeDifference): Promise<MergedDocument> => {
    if (before === undefined) return { bytes: after as Uint8Array, displaced: [] }
    if (after === undefined) return { bytes: before, displaced: [] }
    const a = { record: decodeDocumentRecord(before), own: ownOfA }
    return mergeDocument(a, { record: decodeDocumentRecord(after), own: ownOfB }, bodyOf)
  }
  for await (const batch of diffTrees(reader, rootOfA, rootOfB)) {
    // Together, as each may wait for a content.
    const merged = await Promise.all(batch.map(merge))
    for (let i = 0; i < batch.length; i++) {
      const { key, before, after } = batch[i] as TreeDifference
      const { bytes, displaced: bodies } = merged[i] as MergedDocument
      if (before === undefined || !equalBytes(before, bytes)) editsOfA.push([key, bytes])
      if (after === undefined || !equalBytes(after, bytes)) editsOfB.push([key, bytes])
      displaced.push(...bodies)
    }
  }
  return { editsOfA, editsOfB, displaced }
}

/** The union of two trees, from the one that it differs less from. */
function applyFewer(
  reader: BlockReader,
  [rootOfA, editsOfA]: readonly [TreeRoot, readonly TreeEdit[]],
  [rootOfB, editsOfB]: readonly [TreeRoot, readonly TreeEdit[]],
): Promise<{ root: TreeRoot; added: readonly Block[] }> {
  return editsOfA.length <= editsOfB.length
    ? applyEdits(reader, rootOfA, editsOfA)
    : applyEdits(reader, rootOfB, editsOfB)
}

/** A head of one side is one of the union iff it is new to the other side, or a head there too. */
function mergeHeads(a: State, b: State, { ownOfA, ownOfB }: OwnCommits): CommitNode[] {
  const headsOfB = new Set(b.heads.map(head => head.key))
  const fromA = a.heads.filter(({ key }) => ownOfA.has(key) || headsOfB.has(key))
  const fromB = b.heads.filter(({ key }) => ownOfB.has(key))
  return [...fromA, ...fromB].sort((x, y) => (x.key < y.key ? -1 : 1))
}
