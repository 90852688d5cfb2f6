import { type CidKey, cidToKey } from '../codec/cid.js'
import {
  type AncestorQuestion,
  advanceHeads,
  type CommitNode,
  type CommitRef,
  compareNodes,
  findAncestors,
} from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { FirekeepError } from '../errors.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import type { OrderedMap } from '../primitives/ordered-map.js'
import { changedWinners } from './changed-winners.js'
import type { DocumentChange } from './document-change.js'
import { compareLeaves, type DocumentEntry, type Leaf } from './leaf.js'
import { type LoadedCommit, type RecentCommit, View } from './view.js'

export interface Applied {
  readonly view: View
  /** The documents whose winner is another one now, in id order. */
  readonly changes: readonly DocumentChange[]
  /** The documents that the commits wrote to, with their leaves now; `undefined` where nobody looked. */
  readonly touched?: readonly DocumentEntry[] | undefined
  /** Commits that were dropped because their height is not that of their parents + 1. */
  readonly invalid: readonly InvalidCommit[]
}

export interface InvalidCommit {
  readonly key: CidKey
  readonly error: FirekeepError
}

/**
 * Adds commits to a history. The one way in, for local and remote commits alike (L5); the result depends on
 * the set of commits only, not on the order or how often they come (L1).
 *
 * A commit whose parents are missing is kept as pending; it joins when they come. A `prev` counts only where
 * the commit it names is an ancestor of the naming commit; any other is ignored for ever (L2).
 */
export async function applyCommits(view: View, commits: readonly LoadedCommit[]): Promise<Applied> {
  const arrival = await admit(view, commits)
  const joined = arrival.ready.sort((a, b) => compareNodes(a.node, b.node))
  if (joined.length === 0 && arrival.pending === view.pending)
    return { view, changes: [], invalid: arrival.invalid }
  const found = view.entries(new Set(joined.flatMap(({ commit }) => commit.ops.map(op => op.id))))
  const before = found instanceof Promise ? await found : found
  const superseded = await findSuperseded(view, joined, before)
  const entryByKey = fold(joined, superseded, before)
  const next = new View({
    snapshot: view.snapshot,
    heads: advanceHeads(
      view.heads,
      joined.map(({ node }) => node),
    ),
    commits: view.commits.update(joined.map(each => [each.node.key, each] as const)),
    docs: view.docs.update(entryByKey),
    pending: arrival.pending,
    waiting: arrival.waiting,
    recentBytes: view.recentBytes + joined.reduce((sum, each) => sum + contentBytes(each), 0),
    hasPurge: view.hasPurge || joined.some(({ commit }) => commit.ops.some(op => op.purge)),
  })
  const touched = [...entryByKey.values()]
  const changes = await changedWinners(next, before, touched)
  return { view: next, changes, touched, invalid: arrival.invalid }
}

function contentBytes({ commit, documents }: LoadedCommit): number {
  let bytes = commit.bytes.length
  for (const { body } of documents.values()) bytes += body.length
  return bytes
}

interface Arrival {
  readonly ready: RecentCommit[]
  readonly pending: OrderedMap<LoadedCommit>
  readonly waiting: OrderedMap<readonly CidKey[]>
  readonly invalid: InvalidCommit[]
}

/** Finds the commits, new or pending, that have all their parents now. */
async function admit(view: View, commits: readonly LoadedCommit[]): Promise<Arrival> {
  const nodeByKey = new Map<CidKey, CommitNode>()
  const pendingEdits = new Map<string, LoadedCommit | undefined>()
  const waitingEdits = new Map<string, CidKey[] | undefined>()
  const ready: RecentCommit[] = []
  const invalid: InvalidCommit[] = []
  const pendingOf = (key: CidKey) => (pendingEdits.has(key) ? pendingEdits.get(key) : view.pending.get(key))
  const waitingFor = (key: CidKey) => (waitingEdits.has(key) ? waitingEdits.get(key) : view.waiting.get(key))
  const wait = (key: CidKey, missing: CidKey) => {
    const others = waitingEdits.get(missing) ?? [...(view.waiting.get(missing) ?? [])]
    others.push(key)
    waitingEdits.set(missing, others)
  }

  const queue = await arriving(view, commits)
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { commit } = next
    const parents: CommitNode[] = []
    for (const cid of commit.parents) {
      const found = nodeByKey.get(cidToKey(cid)) ?? view.find(cid)
      const parent = found instanceof Promise ? await found : found
      if (parent === undefined) break
      parents.push(parent)
    }
    const missing = commit.parents[parents.length]
    if (missing !== undefined) {
      pendingEdits.set(commit.key, next)
      wait(commit.key, cidToKey(missing))
      continue
    }
    if (pendingOf(commit.key) !== undefined) pendingEdits.set(commit.key, undefined)
    const height = 1 + Math.max(0, ...parents.map(parent => parent.height))
    if (height !== commit.height) {
      invalid.push({ key: commit.key, error: wrongHeight(commit, height) })
      continue
    }
    const node = nodeIn(commit, parents)
    nodeByKey.set(commit.key, node)
    ready.push({ ...next, node })
    for (const key of waitingFor(commit.key) ?? []) {
      const waiter = pendingOf(key)
      if (waiter !== undefined) queue.push(waiter)
    }
    if (waitingFor(commit.key) !== undefined) waitingEdits.set(commit.key, undefined)
  }
  return {
    ready,
    pending: view.pending.update(pendingEdits),
    waiting: view.waiting.update(waitingEdits),
    invalid,
  }
}

/** The place of a commit; it keeps of its parents what finds them, not what they know of theirs. */
function nodeIn({ cid, key, height }: Commit, parents: readonly CommitNode[]): CommitNode {
  return { cid, key, height, parents: parents.map(parent => ({ key: parent.key, height: parent.height })) }
}

/** The commits that are new, each once; the last one is to be looked at first: parents before what waits for them. */
async function arriving(view: View, commits: readonly LoadedCommit[]): Promise<LoadedCommit[]> {
  const byKey = new Map<CidKey, LoadedCommit>()
  for (const loaded of commits) {
    const { key } = loaded.commit
    // A copy may come without contents, from somebody who erased them.
    if (loaded.documents.size >= (byKey.get(key)?.documents.size ?? 0)) byKey.set(key, loaded)
  }
  const fresh: LoadedCommit[] = []
  for (const loaded of byKey.values()) {
    if (view.pending.has(loaded.commit.key)) continue
    const found = view.nodeOf(loaded.commit)
    if ((found instanceof Promise ? await found : found) === undefined) fresh.push(loaded)
  }
  return fresh.sort((a, b) => b.commit.height - a.commit.height)
}

function wrongHeight(commit: Commit, height: number): FirekeepError {
  return new FirekeepError(
    'INVALID_COMMIT',
    `commit ${commit.cid} claims height ${commit.height}, its parents give ${height}`,
    {
      details: { cid: commit.cid.toString() },
    },
  )
}

/**
 * For each joining commit, the leaves its counting `prev`s name. Whatever else they name is no leaf any more, or
 * never was one of that document.
 */
async function findSuperseded(
  view: View,
  joined: readonly RecentCommit[],
  before: ReadonlyMap<string, DocumentEntry>,
): Promise<Map<CidKey, ReadonlySet<CidKey>>> {
  const counting = new Map<CidKey, Set<CidKey>>()
  const questions: AncestorQuestion[] = []
  const heads = new Set(view.heads.map(head => head.key))
  const joining = new Map<CidKey, CommitNode>(joined.map(({ node }) => [node.key, node]))
  for (const { node, commit } of joined) {
    // A commit on top of all heads has everything that joined before it as ancestor: no walk is needed.
    const onTop =
      heads.size <= node.parents.length &&
      node.parents.filter(parent => heads.has(parent.key)).length === heads.size
    const counts = new Set<CidKey>()
    counting.set(node.key, counts)
    const asked = new Set<CidKey>()
    for (const { id, prev } of commit.ops) {
      const leaves = before.get(id)?.leaves
      for (const key of prev.map(cidToKey)) {
        const ancestor: CommitRef | undefined = joining.get(key) ?? leaves?.find(leaf => leaf.key === key)
        if (ancestor === undefined || asked.has(key)) continue
        asked.add(key)
        if (!onTop) questions.push({ commit: node, ancestor })
        else if (compareNodes(ancestor, node) < 0) counts.add(key)
      }
    }
    for (const parent of node.parents) heads.delete(parent.key)
    heads.add(node.key)
  }
  const answers = await findAncestors(questions, ref => joining.get(ref.key) ?? view.nodeOf(ref))
  for (const [i, { commit, ancestor }] of questions.entries()) {
    if (answers[i]) counting.get(commit.key)?.add(ancestor.key)
  }
  return counting
}

/** The entries of all touched documents after the commits, by ordered id. */
function fold(
  joined: readonly RecentCommit[],
  superseded: ReadonlyMap<CidKey, ReadonlySet<CidKey>>,
  before: ReadonlyMap<string, DocumentEntry>,
): Map<string, DocumentEntry> {
  const leavesById = new Map<string, Map<CidKey, Leaf>>()
  for (const { node, commit, documents } of joined) {
    const counting = superseded.get(node.key) as ReadonlySet<CidKey>
    for (const op of commit.ops) {
      const leaves =
        leavesById.get(op.id) ?? new Map(before.get(op.id)?.leaves.map(leaf => [leaf.key, leaf] as const))
      leavesById.set(op.id, leaves)
      for (const key of op.prev.map(cidToKey)) if (counting.has(key)) leaves.delete(key)
      leaves.set(node.key, {
        commit: node.cid,
        key: node.key,
        height: node.height,
        body: op.body,
        purge: op.purge ?? false,
        document: documents.get(op.id),
      })
    }
  }
  // Sorted once, not per commit: somebody hostile can make a document with very many leaves.
  const toEntry = ([id, leaves]: readonly [string, ReadonlyMap<CidKey, Leaf>]) =>
    [textToOrderedKey(id), { id, leaves: [...leaves.values()].sort(compareLeaves) }] as const
  return new Map([...leavesById].map(toEntry))
}
