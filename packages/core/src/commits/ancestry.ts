import type { CID, CidKey } from '../codec/cid.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'

/** What finds a commit in a history: stored histories are ordered by height. */
export interface CommitRef {
  readonly key: CidKey
  readonly height: number
}

/** A commit as the history knows it: its place in the graph, without its content. */
export interface CommitNode extends CommitRef {
  readonly cid: CID
  readonly parents: readonly CommitRef[]
}

/** Looks a commit of the history up; `undefined` when it is not in it. May answer at once or later. */
export type NodeOf = (ref: CommitRef) => MaybePromise<CommitNode | undefined>

/** The order in which commits are applied and delivered: by height, then CID bytes. Parents come first. */
export function compareNodes(a: CommitRef, b: CommitRef): number {
  return a.height - b.height || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
}

export interface AncestorQuestion {
  readonly commit: CommitNode
  readonly ancestor: CommitRef
}

/**
 * Answers for each question whether `ancestor` is a proper ancestor of `commit`. The questions of up to 512
 * commits share one walk by descending height: each node carries the set of asking commits that reach it.
 */
export async function findAncestors(
  questions: readonly AncestorQuestion[],
  nodeOf: NodeOf,
): Promise<boolean[]> {
  const question = (i: number) => questions[i] as AncestorQuestion
  const answers = questions.map(({ commit, ancestor }) =>
    commit.parents.some(({ key }) => key === ancestor.key),
  )
  const open = questions.map((_, i) => i).filter(i => !answers[i] && isBelow(question(i)))
  const askerByKey = new Map(open.map(i => [question(i).commit.key, question(i).commit]))
  const askers = [...askerByKey.values()].sort(compareNodes)
  for (let start = 0; start < askers.length; start += ASKERS_PER_WALK) {
    const bitByCommit = new Map(
      askers.slice(start, start + ASKERS_PER_WALK).map((commit, bit) => [commit.key, bit]),
    )
    const asked = open.filter(i => bitByCommit.has(question(i).commit.key))
    const targets = new Map(asked.map(i => [question(i).ancestor.key, question(i).ancestor]))
    const reached = await walkDown(
      [...bitByCommit.keys()].map(key => askerByKey.get(key) as CommitNode),
      targets,
      nodeOf,
    )
    for (const i of asked) {
      const { commit, ancestor } = question(i)
      answers[i] = reached.get(ancestor.key)?.has(bitByCommit.get(commit.key) as number) ?? false
    }
  }
  return answers
}

const ASKERS_PER_WALK = 512

function isBelow({ commit, ancestor }: AncestorQuestion): boolean {
  return ancestor.height < commit.height - 1
}

/** For each target, the indexes of the starts that reach it. */
async function walkDown(
  starts: readonly CommitRef[],
  targets: ReadonlyMap<CidKey, CommitRef>,
  nodeOf: NodeOf,
): Promise<Map<CidKey, BitSet>> {
  const floor = lowestHeight(targets.values())
  const reached = new Map<CidKey, BitSet>()
  const setByKey = new Map<CidKey, BitSet>()
  const queue = new HeightQueue()
  const visit = async (ref: CommitRef, bits: BitSet | number) => {
    let set = setByKey.get(ref.key)
    if (set === undefined) {
      if (ref.height < floor) return
      const found = nodeOf(ref)
      const node = found instanceof Promise ? await found : found
      if (node === undefined) return
      set = new BitSet(starts.length)
      setByKey.set(ref.key, set)
      queue.push(node)
    }
    if (typeof bits === 'number') set.add(bits)
    else set.addAll(bits)
  }
  for (const [bit, start] of starts.entries()) await visit(start, bit)
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const set = setByKey.get(node.key) as BitSet
    setByKey.delete(node.key)
    if (targets.has(node.key)) reached.set(node.key, set)
    for (const parent of node.parents) await visit(parent, set)
  }
  return reached
}

/** The commits that are reached from `heads` but neither are in `base` nor ancestors of it, in {@link compareNodes} order. */
export async function findMissing(
  heads: Iterable<CommitRef>,
  base: Iterable<CommitRef>,
  nodeOf: NodeOf,
): Promise<CommitNode[]> {
  const missing: CommitNode[] = []
  const inBase = new Map<CidKey, boolean>()
  const queue = new HeightQueue()
  let outside = 0
  const visit = async (ref: CommitRef, base: boolean) => {
    const known = inBase.get(ref.key)
    if (known === undefined) {
      const found = nodeOf(ref)
      const node = found instanceof Promise ? await found : found
      if (node === undefined) return
      queue.push(node)
      if (!base) outside++
      inBase.set(ref.key, base)
    } else if (base && !known) {
      outside--
      inBase.set(ref.key, true)
    }
  }
  for (const ref of base) await visit(ref, true)
  for (const ref of heads) await visit(ref, false)
  while (outside > 0) {
    const node = queue.pop() as CommitNode
    const base = inBase.get(node.key) as boolean
    if (!base) {
      outside--
      missing.push(node)
    }
    for (const parent of node.parents) await visit(parent, base)
  }
  return missing.sort(compareNodes)
}

/** For each wanted commit that some start reaches (or is), one start that does: the first in the order given where there is a choice at equal distance. */
export async function findCovering(
  starts: readonly CommitRef[],
  wanted: readonly CommitRef[],
  nodeOf: NodeOf,
): Promise<Map<CidKey, CidKey>> {
  const floor = lowestHeight(wanted)
  const startByKey = new Map<CidKey, CidKey>()
  const queue = new HeightQueue()
  const visit = async (ref: CommitRef, start: CidKey) => {
    if (startByKey.has(ref.key) || ref.height < floor) return
    const found = nodeOf(ref)
    const node = found instanceof Promise ? await found : found
    if (node === undefined) return
    startByKey.set(ref.key, start)
    queue.push(node)
  }
  for (const start of starts) await visit(start, start.key)
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const parent of node.parents) await visit(parent, startByKey.get(node.key) as CidKey)
  }
  return new Map(
    wanted.flatMap(({ key }) => (startByKey.has(key) ? [[key, startByKey.get(key) as CidKey]] : [])),
  )
}

/** Without `Math.min(...)`, as arguments live on the stack and a commit may touch more documents than fit there. */
function lowestHeight(nodes: Iterable<CommitRef>): number {
  let lowest = Number.POSITIVE_INFINITY
  for (const { height } of nodes) lowest = Math.min(lowest, height)
  return lowest
}

/** The heads of a set after commits joined it: those added, minus everything that is a parent of one added. */
export function advanceHeads(heads: readonly CommitNode[], added: readonly CommitNode[]): CommitNode[] {
  const parents = new Set(added.flatMap(node => node.parents.map(parent => parent.key)))
  return [...heads, ...added].filter(node => !parents.has(node.key)).sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** A set of small numbers. */
class BitSet {
  readonly #words: Uint32Array

  constructor(size: number) {
    this.#words = new Uint32Array((size + 31) >>> 5)
  }

  add(bit: number): void {
    this.#words[bit >>> 5] = (this.#words[bit >>> 5] as number) | (1 << (bit & 31))
  }

  addAll(other: BitSet): void {
    for (let i = 0; i < this.#words.length; i++)
      this.#words[i] = (this.#words[i] as number) | (other.#words[i] as number)
  }

  has(bit: number): boolean {
    return ((this.#words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0
  }
}

/** Hands nodes out by descending height: children before their parents. */
class HeightQueue {
  readonly #heap: CommitNode[] = []

  push(node: CommitNode): void {
    const heap = this.#heap
    let i = heap.push(node) - 1
    while (i > 0) {
      const up = (i - 1) >>> 1
      if ((heap[up] as CommitNode).height >= node.height) break
      heap[i] = heap[up] as CommitNode
      i = up
    }
    heap[i] = node
  }

  pop(): CommitNode | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return top
    let i = 0
    for (;;) {
      let down = 2 * i + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && (heap[down + 1] as CommitNode).height > (heap[down] as CommitNode).height)
        down++
      if ((heap[down] as CommitNode).height <= last.height) break
      heap[i] = heap[down] as CommitNode
      i = down
    }
    heap[i] = last
    return top
  }
}
