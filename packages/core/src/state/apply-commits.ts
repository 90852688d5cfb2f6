import type { CidKey } from '../codec/cid.js'
import { cidToKey } from '../codec/cid.js'
import {
  type AncestorQuestion,
  advanceHeads,
  type CommitNode,
  compareNodes,
  findAncestors,
} from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { FirekeepError } from '../errors.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import type { OrderedMap } from '../primitives/ordered-map.js'
import type { DocumentChange } from './document-change.js'
import { compareLeaves, type DocumentEntry, type Leaf } from './leaf.js'
import { type LoadedCommit, View } from './view.js'

export interface Applied {
  readonly view: View
  /** The documents whose winner is another one now, in id order. */
  readonly changes: readonly DocumentChange[]
  /** Commits that were dropped because their height is not that of their parents + 1. */
  readonly invalid: readonly FirekeepError[]
}

/**
 * Adds commits to a history. The one way in, for local and remote commits alike (L5); the result depends on
 * the set of commits only, not on the order or how often they come (L1).
 *
 * A commit whose parents are missing is kept as pending; it joins when they come. A `prev` counts only where
 * the commit it names is an ancestor of the naming commit; any other is ignored for ever (L2).
 */
export async function applyCommits(view: View, commits: readonly LoadedCommit[]): Promise<Applied> {
  const arrival = admit(view, commits)
  const joined = arrival.ready.sort((a, b) => compareNodes(a.node, b.node))
  if (joined.length === 0 && arrival.pending === view.pending)
    return { view, changes: [], invalid: arrival.invalid }
  const nodeOf = (key: CidKey) => arrival.history.get(key)
  const superseded = await findSuperseded(view, joined, nodeOf)
  const entryByKey = fold(view, joined, superseded)
  return {
    view: new View({
      heads: advanceHeads(
        view.heads,
        joined.map(({ node }) => node),
      ),
      history: arrival.history,
      docs: view.docs.update(entryByKey),
      pending: arrival.pending,
      waiting: arrival.waiting,
    }),
    changes: changedWinners(view, entryByKey),
    invalid: arrival.invalid,
  }
}

interface Joining extends LoadedCommit {
  readonly node: CommitNode
}

interface Arrival {
  readonly ready: Joining[]
  readonly history: OrderedMap<CommitNode>
  readonly pending: OrderedMap<LoadedCommit>
  readonly waiting: OrderedMap<readonly CidKey[]>
  readonly invalid: FirekeepError[]
}

/** Finds the commits, new or pending, that have all their parents now. */
function admit(view: View, commits: readonly LoadedCommit[]): Arrival {
  const nodeByKey = new Map<CidKey, CommitNode>()
  const pendingEdits = new Map<string, LoadedCommit | undefined>()
  const waitingEdits = new Map<string, CidKey[] | undefined>()
  const ready: Joining[] = []
  const invalid: FirekeepError[] = []
  const nodeOf = (key: CidKey) => nodeByKey.get(key) ?? view.history.get(key)
  const pendingOf = (key: CidKey) => (pendingEdits.has(key) ? pendingEdits.get(key) : view.pending.get(key))
  const waitingFor = (key: CidKey) => (waitingEdits.has(key) ? waitingEdits.get(key) : view.waiting.get(key))
  const wait = (key: CidKey, missing: CidKey) => {
    const others = waitingEdits.get(missing) ?? [...(view.waiting.get(missing) ?? [])]
    others.push(key)
    waitingEdits.set(missing, others)
  }

  const queue = arriving(view, commits)
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { commit } = next
    const parents = commit.parents.map(cidToKey)
    const missing = parents.find(parent => nodeOf(parent) === undefined)
    if (missing !== undefined) {
      pendingEdits.set(commit.key, next)
      wait(commit.key, missing)
      continue
    }
    if (pendingOf(commit.key) !== undefined) pendingEdits.set(commit.key, undefined)
    const height = 1 + Math.max(0, ...parents.map(parent => (nodeOf(parent) as CommitNode).height))
    if (height !== commit.height) {
      invalid.push(wrongHeight(commit, height))
      continue
    }
    const node = { cid: commit.cid, key: commit.key, height, parents }
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
    history: view.history.update(nodeByKey),
    pending: view.pending.update(pendingEdits),
    waiting: view.waiting.update(waitingEdits),
    invalid,
  }
}

/** The commits that are new, each once; the last one is to be looked at first: parents before what waits for them. */
function arriving(view: View, commits: readonly LoadedCommit[]): LoadedCommit[] {
  const byKey = new Map(commits.map(loaded => [loaded.commit.key, loaded]))
  const fresh = [...byKey.values()].filter(
    ({ commit: { key } }) => !view.history.has(key) && !view.pending.has(key),
  )
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

/** For each joining commit, the versions its counting `prev`s name. */
async function findSuperseded(
  view: View,
  joined: readonly Joining[],
  nodeOf: (key: CidKey) => CommitNode | undefined,
): Promise<Map<CidKey, ReadonlySet<CidKey>>> {
  const counting = new Map<CidKey, Set<CidKey>>()
  const questions: AncestorQuestion[] = []
  const heads = new Set(view.heads.map(head => head.key))
  for (const { node, commit } of joined) {
    const named = new Set(commit.ops.flatMap(op => op.prev.map(cidToKey)))
    // A commit on top of all heads has everything that joined before it as ancestor: no walk is needed.
    const onTop =
      heads.size <= node.parents.length &&
      node.parents.filter(parent => heads.has(parent)).length === heads.size
    const counts = new Set<CidKey>()
    counting.set(node.key, counts)
    for (const key of named) {
      const ancestor = nodeOf(key)
      if (ancestor === undefined) continue
      if (!onTop) questions.push({ commit: node, ancestor })
      else if (compareNodes(ancestor, node) < 0) counts.add(key)
    }
    for (const parent of node.parents) heads.delete(parent)
    heads.add(node.key)
  }
  const answers = await findAncestors(questions, nodeOf)
  for (const [i, { commit, ancestor }] of questions.entries()) {
    if (answers[i]) counting.get(commit.key)?.add(ancestor.key)
  }
  return counting
}

/** The entries of all touched documents after the commits, by ordered id. */
function fold(
  view: View,
  joined: readonly Joining[],
  superseded: ReadonlyMap<CidKey, ReadonlySet<CidKey>>,
): Map<string, DocumentEntry> {
  const leavesById = new Map<string, Map<CidKey, Leaf>>()
  for (const { node, commit, documents } of joined) {
    const counting = superseded.get(node.key) as ReadonlySet<CidKey>
    for (const op of commit.ops) {
      const leaves = leavesById.get(op.id) ?? leavesBefore(view, op.id)
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

function leavesBefore(view: View, id: string): Map<CidKey, Leaf> {
  return new Map((view.entry(id)?.leaves ?? []).map(leaf => [leaf.key, leaf]))
}

function changedWinners(view: View, entryByKey: ReadonlyMap<string, DocumentEntry>): DocumentChange[] {
  const changes: DocumentChange[] = []
  for (const [key, entry] of [...entryByKey].sort(byKey)) {
    const before = view.docs.get(key)?.leaves[0]
    const after = entry.leaves[0] as Leaf
    const isGoneBefore = before === undefined || before.body === null
    if (before?.key === after.key || (isGoneBefore && after.body === null)) continue
    changes.push({ id: entry.id, document: after.document })
  }
  return changes
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
