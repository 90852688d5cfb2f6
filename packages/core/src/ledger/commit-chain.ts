import type { Block } from '../codec/block.js'
import { type CID, type CidKey, cidToKey, compareCids } from '../codec/cid.js'
import {
  advanceHeads,
  type CommitNode,
  type CommitRef,
  compareNodes,
  findCovering,
} from '../commits/ancestry.js'
import { COMMIT_LIMITS, type Commit, createCommit, type Operation, type Origin } from '../commits/commit.js'
import { StoredDocument } from '../state/stored-document.js'
import type { LoadedCommit, View } from '../state/view.js'
import type { CommitBatch } from './commit-batch.js'
import type { LedgerStore } from './ledger.js'
import { mustGetAuthor } from './must-get-author.js'
import type { BaseVersion } from './own-versions.js'

/** What one operation of a commit is to supersede, most important first. */
export interface PlannedOperation {
  readonly id: string
  readonly body: Block | null
  readonly prev: readonly CID[]
  readonly purge?: true
  /** All of `prev` must be superseded, as by a deletion; the winner stands last. */
  readonly resolve?: true
  /** Names of the file packs that the body refers to, ascending. */
  readonly files?: readonly Uint8Array[]
  /** Where the content was picked up. */
  readonly origin?: Origin
}

/**
 * Signs commits one after the other on top of a view. Each has all heads as parents; beyond 64 those that
 * contain what it supersedes, filled up with the greatest (L2).
 */
export class CommitChain implements CommitBatch {
  readonly #view: View
  readonly #store: LedgerStore
  readonly #time: number
  readonly #nodes = new Map<CidKey, CommitNode>()
  readonly blocks: Block[] = []
  readonly commits: LoadedCommit[] = []
  /** The newest version of each document that the chain touches. */
  readonly versionById = new Map<string, BaseVersion>()
  #heads: readonly CommitNode[]

  constructor(view: View, store: LedgerStore, time: number) {
    this.#view = view
    this.#store = store
    this.#time = time
    this.#heads = view.heads
  }

  /** The clock after the last commit. */
  get clock(): readonly string[] {
    return Object.freeze(this.#heads.map(head => head.cid.toString()))
  }

  /** Whether all commits only delete: they may use the room held back for that. */
  get isDeletion(): boolean {
    return this.commits.every(({ commit }) => commit.ops.every(op => op.body === null))
  }

  /**
   * Adds a commit with these operations. A deletion or resolution of more leaves than one operation can name goes on
   * in commits of its own, each naming the one before.
   */
  async add(plan: readonly PlannedOperation[]): Promise<void> {
    for (let rest = plan; rest.length > 0; ) rest = await this.#addOne(rest)
  }

  /** Answers what is left to do. */
  async #addOne(plan: readonly PlannedOperation[]): Promise<PlannedOperation[]> {
    const { parents, isCovered } = await this.#chooseParents(plan)
    const height = 1 + Math.max(0, ...parents.map(parent => parent.height))
    const steps = plan.map(each => (each.resolve ? stepTowards(each, isCovered) : each))
    const ops = steps.map(
      ({ id, body, prev, purge, files, origin }): Operation => ({
        id,
        prev: sortedOnce(prev.filter(isCovered)),
        body: body?.cid ?? null,
        ...(purge && { purge }),
        ...(files && { files }),
        ...(origin && { origin }),
      }),
    )
    const { secrets } = this.#store
    const content = {
      db: secrets.lineage,
      parents: parents.map(parent => parent.cid),
      height,
      time: this.#time,
      ops,
    }
    const commit = await createCommit(content, mustGetAuthor(this.#store))
    this.#keep(commit, steps)
    const node = {
      cid: commit.cid,
      key: commit.key,
      height,
      parents: parents.map(({ key, height }) => ({ key, height })),
    }
    this.#nodes.set(node.key, node)
    this.#heads = advanceHeads(this.#heads, [node])
    return plan.flatMap((each, i) => remainder(each, ops[i] as Operation, commit.cid))
  }

  #keep(commit: Commit, plan: readonly PlannedOperation[]): void {
    const documents = new Map<string, StoredDocument>()
    this.blocks.push({ cid: commit.cid, bytes: commit.bytes })
    for (const { id, body } of plan) {
      this.versionById.set(id, { ...refOf(commit), isDeleted: body === null })
      if (body === null) continue
      this.blocks.push(body)
      documents.set(id, new StoredDocument(id, commit.cid, body.bytes))
    }
    this.commits.push({ commit, documents })
  }

  async #chooseParents(plan: readonly PlannedOperation[]): Promise<ChosenParents> {
    if (this.#heads.length <= COMMIT_LIMITS.parents) return { parents: this.#heads, isCovered: () => true }
    const nodeOf = (ref: CommitRef) => this.#nodes.get(ref.key) ?? this.#view.nodeOf(ref)
    const prevs = [
      ...plan.flatMap(({ prev }) => prev.slice(0, 1)),
      ...plan.flatMap(({ prev }) => prev.slice(1)),
    ]
    const found = await Promise.all(prevs.map(cid => this.#nodes.get(cidToKey(cid)) ?? this.#view.find(cid)))
    const wanted = found as CommitNode[]
    const headByPrev = await findCovering(this.#heads, wanted, nodeOf)
    const chosen = new Set<CidKey>()
    const choose = (head: CidKey | undefined) => {
      if (head !== undefined && chosen.size < COMMIT_LIMITS.parents) chosen.add(head)
    }
    for (const { key } of wanted) choose(headByPrev.get(key))
    for (const head of [...this.#heads].sort(compareNodes).reverse()) choose(head.key)
    return {
      parents: this.#heads.filter(head => chosen.has(head.key)),
      isCovered: cid => chosen.has(headByPrev.get(cidToKey(cid)) as CidKey),
    }
  }
}

interface ChosenParents {
  readonly parents: readonly CommitNode[]
  /** Whether a commit is an ancestor of the new one; a `prev` that finds no place is not named. */
  readonly isCovered: (cid: CID) => boolean
}

function refOf({ cid, key, height }: Commit) {
  return { cid, key, height }
}

/**
 * What the next commit can do for a resolution. One that cannot name everything at once begins by deleting the worst of it,
 * so that what is shown stays until the last step; the content comes with that one only, as contents belong to one version.
 */
function stepTowards(plan: PlannedOperation, isCovered: ChosenParents['isCovered']): PlannedOperation {
  const named = plan.prev.filter(isCovered)
  const isLast = named.length === plan.prev.length && named.length <= COMMIT_LIMITS.prev
  if (isLast || named.length === 0) return plan
  return { id: plan.id, body: null, prev: named.slice(0, COMMIT_LIMITS.prev) }
}

/** What is left to supersede after an operation that could not name all. */
function remainder(plan: PlannedOperation, done: Operation, commit: CID): PlannedOperation[] {
  const named = new Set(done.prev.map(cidToKey))
  const left = plan.prev.filter(cid => !named.has(cidToKey(cid)))
  return done.body !== null || left.length === 0 || named.size === 0
    ? []
    : [{ ...plan, prev: [commit, ...left] }]
}

function sortedOnce(cids: readonly CID[]): CID[] {
  const byKey = new Map(cids.slice(0, COMMIT_LIMITS.prev).map(cid => [cidToKey(cid), cid]))
  return [...byKey.values()].sort(compareCids)
}
