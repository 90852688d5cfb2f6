import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { type AncestorQuestion, type CommitNode, findMissing } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { assert } from '../errors.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import { OrderedMap } from '../primitives/ordered-map.js'
import { applyCommits } from './apply-commits.js'
import { HistoryReader } from './history-reader.js'
import { compareLeaves, type DocumentEntry, type Leaf } from './leaf.js'
import { PastLeaf } from './past-leaf.js'
import { leavesOutside, type Version } from './versions.js'
import { type LoadedCommit, View } from './view.js'

export interface PastEntries {
  /** Ordered id -> the leaves then; empty where the document did not exist. */
  readonly entries: OrderedMap<DocumentEntry>
  /** Whether these are all documents there were; else those that commits since have touched. */
  readonly isWhole: boolean
}

/** The leaves that documents had at the moment of these heads, from whichever side of it there is less to read. */
export async function entriesAt(view: View, heads: readonly CommitNode[]): Promise<PastEntries> {
  const height = topOf(heads)
  // Heights are no counts, but a long history is mostly a chain.
  const since = topOf(view.heads) - height
  const reader = new HistoryReader(view)
  const entries = height < since ? await replayed(view, heads, { most: since, reader }) : undefined
  if (entries !== undefined) return { entries, isWhole: true }
  return { entries: await undone(view, heads, reader), isWhole: false }
}

function topOf(nodes: readonly CommitNode[]): number {
  return nodes.reduce((top, { height }) => Math.max(top, height), 0)
}

/** The documents that these commits touch, each once. */
export async function touchedBy(view: View, nodes: readonly CommitNode[]): Promise<string[]> {
  const ids = new Set<string>()
  for await (const { ops } of commitsOf(view, nodes)) for (const { id } of ops) ids.add(id)
  return [...ids]
}

/** The history up to the moment, applied from scratch, unless it wrote more than so many versions; contents are not read. */
async function replayed(
  view: View,
  heads: readonly CommitNode[],
  { most, reader }: { readonly most: number; readonly reader: HistoryReader },
): Promise<OrderedMap<DocumentEntry> | undefined> {
  const nodes = await findMissing(heads, [], ref => view.nodeOf(ref))
  const nodeByKey = new Map(nodes.map(node => [node.key, node]))
  const commits: LoadedCommit[] = []
  let versions = 0
  for (const { cid } of nodes) {
    // One after the other, and kept: the first may have more versions than all of them together may.
    const { commit } = mustBeThere(await reader.find(cid))
    versions += commit.ops.length
    if (versions > most) return undefined
    commits.push({ commit, documents: new Map() })
  }
  const { docs } = (await applyCommits(View.empty, commits)).view
  const toPast = ({ id, leaves }: DocumentEntry): [string, DocumentEntry] => [
    textToOrderedKey(id),
    { id, leaves: leaves.map(leaf => pastLeafOf(id, leaf, nodeByKey)) },
  ]
  return OrderedMap.from([...docs.values()].map(toPast))
}

function pastLeafOf(id: string, leaf: Leaf, nodeByKey: ReadonlyMap<CidKey, CommitNode>): Leaf {
  const node = nodeByKey.get(leaf.key) as CommitNode
  const op = { id, prev: [], body: leaf.body }
  return new PastLeaf({ node, op: leaf.purge ? { ...op, purge: true } : op })
}

/** What later commits name of a document, and the versions of it that might have been leaves then. */
interface Candidates {
  readonly ids: ReadonlySet<string>
  /** The commits before the moment that later ones name, and for which documents. */
  readonly namedByKey: ReadonlyMap<CidKey, { readonly cid: CID; readonly ids: Set<string> }>
}

/**
 * The leaves of the documents that were touched since. What was a leaf then is one now, or a later version names
 * it; so of these, a document that existed has its leaves among them. One alone is the leaf; of several, some may
 * have been superseded then already (or never, where somebody hostile named them).
 */
async function undone(
  view: View,
  heads: readonly CommitNode[],
  reader: HistoryReader,
): Promise<OrderedMap<DocumentEntry>> {
  const nodes = await findMissing(view.heads, heads, ref => view.nodeOf(ref))
  const later = new Set(nodes.map(node => node.key))
  const { ids, namedByKey } = await findCandidates(view, nodes, later)
  const leavesById = new Map<string, Map<CidKey, Leaf>>()
  const now = await view.entries(ids)
  for (const id of ids) {
    const kept = (now.get(id)?.leaves ?? []).filter(leaf => !later.has(leaf.key))
    leavesById.set(id, new Map(kept.map(leaf => [leaf.key, leaf])))
  }
  for (const { cid, ids } of namedByKey.values()) {
    const placed = await reader.find(cid)
    if (placed === undefined) continue
    for (const op of placed.commit.ops) {
      const leaves = ids.has(op.id) ? leavesById.get(op.id) : undefined
      if (leaves?.has(placed.node.key) === false)
        leaves.set(placed.node.key, new PastLeaf({ node: placed.node, op }))
    }
  }
  return toEntries(view, { leavesById, later, reader })
}

async function findCandidates(
  view: View,
  nodes: readonly CommitNode[],
  later: ReadonlySet<CidKey>,
): Promise<Candidates> {
  const ids = new Set<string>()
  const namedByKey = new Map<CidKey, { cid: CID; ids: Set<string> }>()
  for await (const { ops } of commitsOf(view, nodes)) {
    for (const { id, prev } of ops) {
      ids.add(id)
      for (const cid of prev) {
        const key = cidToKey(cid)
        if (later.has(key)) continue
        const named = namedByKey.get(key)
        if (named === undefined) namedByKey.set(key, { cid, ids: new Set([id]) })
        else named.ids.add(id)
      }
    }
  }
  return { ids, namedByKey }
}

interface FoundLeaves {
  readonly leavesById: ReadonlyMap<string, ReadonlyMap<CidKey, Leaf>>
  readonly later: ReadonlySet<CidKey>
  readonly reader: HistoryReader
}

async function toEntries(
  view: View,
  { leavesById, later, reader }: FoundLeaves,
): Promise<OrderedMap<DocumentEntry>> {
  const unclear = await unclearAmong(leavesById, reader)
  const entries: [string, DocumentEntry][] = []
  for (const [id, found] of leavesById) {
    const candidates = [...found.values()]
    const leaves = unclear.has(id)
      ? chosen(candidates, await leavesOutside(view, id, later, reader))
      : candidates
    entries.push([textToOrderedKey(id), { id, leaves: leaves.sort(compareLeaves) }])
  }
  return OrderedMap.from(entries)
}

/**
 * The documents of which one candidate is an ancestor of another. Of all others the candidates are the leaves: one that
 * was superseded then has a leaf of then above it, and all of those are candidates. One walk for all of them.
 */
async function unclearAmong(
  leavesById: FoundLeaves['leavesById'],
  reader: HistoryReader,
): Promise<ReadonlySet<string>> {
  const asking: string[] = []
  const questions: AncestorQuestion[] = []
  const nodeByKey = new Map<CidKey, CommitNode>()
  for (const [id, found] of leavesById) {
    if (found.size < 2) continue
    for (const leaf of found.values()) {
      const commit = nodeByKey.get(leaf.key) ?? mustBeThere(await reader.nodeOf(leaf))
      nodeByKey.set(leaf.key, commit)
      for (const ancestor of found.values()) {
        if (ancestor.height >= leaf.height) continue
        asking.push(id)
        questions.push({ commit, ancestor })
      }
    }
  }
  const answers = await reader.findAncestors(questions)
  return new Set(asking.filter((_, i) => answers[i]))
}

function chosen(candidates: readonly Leaf[], versions: readonly Version[]): Leaf[] {
  const keys = new Set(versions.map(({ node }) => node.key))
  return candidates.filter(leaf => keys.has(leaf.key))
}

function mustBeThere<T>(found: T | undefined): T {
  assert(found !== undefined, 'a commit of the history is in it')
  return found
}

/** How many commits are read at the same time. */
const AT_ONCE = 64

async function* commitsOf(view: View, nodes: readonly CommitNode[]): AsyncGenerator<Commit, void> {
  for (let start = 0; start < nodes.length; start += AT_ONCE) {
    yield* await Promise.all(nodes.slice(start, start + AT_ONCE).map(node => view.commitOf(node)))
  }
}
