import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type Block, DAG_JSON } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { CommitNode, CommitRef } from '../commits/ancestry.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { compareBytes } from '../primitives/bytes.js'
import { buildTree } from '../tree/build-tree.js'
import { MemoryBlocks } from '../tree/fixtures/memory-blocks.js'
import type { TreeEntry } from '../tree/tree-node.js'
import { commitToTreeKey, encodeCommitRecord } from './commit-record.js'
import { encodeDocumentRecord, INLINE_BYTES, idToTreeKey, type LeafRecord } from './document-record.js'
import { HistoryModel } from './fixtures/history-model.js'
import { hostileHistory } from './fixtures/hostile-history.js'
import { type ModelState, modelBody, modelState } from './fixtures/model-state.js'
import { type MergedState, mergeStates, type State } from './merge-states.js'

/** Some histories of replicas of one database: of a hostile history, parts that are closed under parents. */
interface Replicas {
  readonly model: HistoryModel
  readonly histories: readonly ReadonlySet<CidKey>[]
}

function replicas(count: number): fc.Arbitrary<Replicas> {
  return hostileHistory(22).chain(model => {
    const valid = [...model.history(model.commits)]
    return fc
      .array(fc.subarray(valid), { minLength: count, maxLength: count })
      .map(parts => ({ model, histories: parts.map(part => model.closure(part)) }))
  })
}

function union<T>(...sets: readonly ReadonlySet<T>[]): Set<T> {
  return new Set(sets.flatMap(set => [...set]))
}

/** A snapshot and the contents in its packs. */
interface Snapshot {
  readonly state: State
  readonly packed: ReadonlySet<CidKey>
}

/** A storage: the nodes of all trees. Contents are read from the packs of the snapshots that are merged. */
class Store {
  readonly nodes: MemoryBlocks
  readonly bodiesRead: CidKey[] = []

  constructor(states: readonly ModelState[], isAsync = false) {
    this.nodes = new MemoryBlocks({ async: isAsync }).add(states.flatMap(state => state.nodes))
  }

  /** Merges, and stores what that made. */
  async merge(a: Snapshot, b: Snapshot): Promise<Snapshot & MergedState> {
    const packed = union(a.packed, b.packed)
    const bodyOf = async (cid: CID) => {
      expect(packed).toContain(cidToKey(cid))
      this.bodiesRead.push(cidToKey(cid))
      return modelBody(cid)
    }
    const merged = await mergeStates(this.nodes, bodyOf, a.state, b.state)
    this.nodes.add(merged.added)
    for (const { cid, bytes } of merged.bodies) expect(bytes).toEqual(modelBody(cid))
    return { ...merged, packed: union(packed, new Set(keysOf(merged.bodies))) }
  }
}

/** The whole of a state, as it is when it is printed. */
function plain({ heads, docs, history }: State) {
  const refs = (parents: readonly CommitRef[]) => parents.map(({ key, height }) => ({ key, height }))
  return {
    heads: heads.map(({ cid, key, height, parents }) => ({
      cid: cid.toString(),
      key,
      height,
      parents: refs(parents),
    })),
    docs: docs?.toString(),
    history: history?.toString(),
  }
}

function keysOf(blocks: readonly Block[]): CidKey[] {
  return blocks.map(({ cid }) => cidToKey(cid)).sort()
}

describe('mergeStates', () => {
  it('L1: makes of two states the state of the union, byte for byte, and so does every order', async () => {
    const property = fc.asyncProperty(replicas(2), fc.boolean(), async ({ model, histories }, isAsync) => {
      const [a, b] = (await Promise.all(histories.map(each => modelState(model, each)))) as [
        ModelState,
        ModelState,
      ]
      const expected = await modelState(model, union(a.history, b.history))
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const store = new Store([one, other], isAsync)
        const merged = await store.merge(one, other)
        expect(plain(merged.state)).toEqual(plain(expected.state))
        expectWhole(store, merged, expected)
        for (const again of [await store.merge(merged, other), await store.merge(one, merged)]) {
          expect(plain(again.state)).toEqual(plain(expected.state))
          expect(again.added).toEqual([])
          expect(again.bodies).toEqual([])
        }
      }
    })
    await fc.assert(property, { numRuns: runs(60) })
  })

  /** Everything that the merged state refers to can be read. */
  function expectWhole({ nodes }: Store, { packed }: Snapshot, expected: ModelState): void {
    expect(keysOf(expected.nodes).filter(key => !nodes.keys.has(key))).toEqual([])
    expect([...expected.packed].filter(key => !packed.has(key))).toEqual([])
  }

  it('reports the contents that no tree and no pack would hold, and reads those that win anew, exactly', async () => {
    const property = fc.asyncProperty(replicas(2), async ({ model, histories }) => {
      const [a, b] = (await Promise.all(histories.map(each => modelState(model, each)))) as [
        ModelState,
        ModelState,
      ]
      const both = union(a.history, b.history)
      const expected = await modelState(model, both)
      const store = new Store([a, b])
      const { bodies } = await store.merge(a, b)
      const homeless = [...expected.packed].filter(key => !a.packed.has(key) && !b.packed.has(key))
      expect(keysOf(bodies)).toEqual(homeless.sort())
      const wonBefore = union(...[a, b].map(({ history }) => winners(model, history)))
      const wonNow = [...winners(model, both)].filter(key => !wonBefore.has(key))
      expect(store.bodiesRead.sort()).toEqual(wonNow.sort())
    })
    await fc.assert(property, { numRuns: runs(60) })
  })

  /** The contents of all winners. */
  function winners(model: HistoryModel, history: ReadonlySet<CidKey>): Set<CidKey> {
    const bodies = [...model.ids(history)].flatMap(id => {
      const commit = model.leaves(history, id)[0]?.loaded.commit
      return commit?.ops.find(op => op.id === id)?.body ?? []
    })
    return new Set(bodies.map(cidToKey))
  }

  it('ends in the same state whatever the schedule of compactions', async () => {
    const schedule = fc.infiniteStream(fc.tuple(fc.nat(), fc.nat()))
    const property = fc.asyncProperty(replicas(5), schedule, async ({ model, histories }, steps) => {
      const states = await Promise.all(histories.map(each => modelState(model, each)))
      const expected = await modelState(model, union(...histories))
      const store = new Store(states)
      const open: Snapshot[] = [...states]
      for (const [x, y] of steps) {
        if (open.length === 1) break
        const [a] = open.splice(x % open.length, 1) as [Snapshot]
        const [b] = open.splice(y % open.length, 1) as [Snapshot]
        // Two compactions at once may both take a snapshot: sometimes one of them stays.
        if ((x + y) % 3 === 0 && x % 2 === 0) open.push(a)
        open.push(await store.merge(a, b))
      }
      let last = open[0] as Snapshot
      for (const other of open) last = await store.merge(last, other)
      expect(plain(last.state)).toEqual(plain(expected.state))
      expectWhole(store, last, expected)
    })
    await fc.assert(property, { numRuns: runs(25) })
  })

  it('is that of the other side where one has no commits', async () => {
    const model = new HistoryModel()
    model.forge([], [{ id: 'x', prev: [], fields: {} }])
    const empty = await modelState(model, new Set())
    const full = await modelState(model, model.history(model.commits))
    for (const [a, b] of [
      [empty, full],
      [full, empty],
      [full, full],
    ] as const) {
      const store = new Store([])
      expect(await store.merge(a, b)).toMatchObject({ state: full.state, added: [], bodies: [] })
    }
    expect((await new Store([]).merge(empty, empty)).state).toEqual(empty.state)
  })

  it('L10: does not bring back a content that the other side has erased', async () => {
    const { model, id, first } = shortDocument()
    model.forge([0], [{ id, prev: [0] }])
    const before = await modelState(model, new Set([first]))
    const after = await modelState(model, model.history(model.commits))
    const store = new Store([before, after])
    const erased = { state: after.state, packed: new Set<CidKey>() }
    for (const [a, b] of [
      [before, erased],
      [erased, before],
    ] as const) {
      const { state, bodies } = await store.merge(a, b)
      expect(plain(state)).toEqual(plain(after.state))
      expect(bodies).toEqual([])
    }
  })

  it('fails where equal histories have different documents, or one commit two records', async () => {
    const { model, id, first } = shortDocument()
    model.forge([0], [{ id, prev: [0] }])
    const one = await modelState(model, new Set([first]))
    const both = await modelState(model, model.history(model.commits))
    const { heads, docs, history } = both.state
    const node = heads[0] as CommitNode
    const author = new Uint8Array(32)
    const forged = await buildTree([
      [commitToTreeKey(node), encodeCommitRecord({ node, time: 1e15, author })],
    ])
    const store = new Store([one, both])
    store.nodes.add(forged.added)
    const packed = both.packed
    for (const wrong of [
      { heads, docs: one.state.docs, history },
      { heads, docs, history: undefined },
      { heads, docs, history: forged.root },
    ]) {
      const error = expect.objectContaining({ code: 'CORRUPT' })
      await expect(store.merge({ state: wrong, packed }, both)).rejects.toEqual(error)
      await expect(store.merge(both, { state: wrong, packed })).rejects.toEqual(error)
    }
  })

  /** A history of one commit that makes a document with a content that stands in the tree. */
  function shortDocument(): { model: HistoryModel; id: string; first: CidKey } {
    for (let i = 0; ; i++) {
      const id = `${i}`
      const model = new HistoryModel()
      const { commit } = model.forge([], [{ id, prev: [], fields: {} }])
      const body = commit.ops[0]?.body as CID
      if (modelBody(body).length <= INLINE_BYTES) return { model, id, first: commit.key }
    }
  }
})

describe('the cost of mergeStates', () => {
  const author = new Uint8Array(32)

  /** A commit that touches the document of the same number, on top of another. */
  function commitEntries(n: number, parent: CommitRef | undefined) {
    const cid = testCid(n)
    const node = {
      cid,
      key: cidToKey(cid),
      height: 1 + (parent?.height ?? 0),
      parents: parent === undefined ? [] : [parent],
    }
    const leaf: LeafRecord = { ...node, commit: cid, body: testCid(n, DAG_JSON), purge: false }
    const body = new Uint8Array(300).fill(n)
    return {
      node,
      commit: [commitToTreeKey(node), encodeCommitRecord({ node, time: n, author })] as const,
      document: [idToTreeKey(`document ${n % 2000}`), encodeDocumentRecord([leaf], body)] as const,
    }
  }

  async function chain(numbers: readonly number[]): Promise<{ state: State; nodes: readonly Block[] }> {
    const documents = new Map<string, TreeEntry>()
    const commits: TreeEntry[] = []
    let head: CommitNode | undefined
    for (const n of numbers) {
      const { node, commit, document } = commitEntries(n, head)
      documents.set(`${n % 2000}`, document)
      commits.push(commit)
      head = node
    }
    const docs = await buildTree([...documents.values()].sort(([a], [b]) => compareBytes(a, b)))
    const history = await buildTree(commits)
    const state = { heads: [head as CommitNode], docs: docs.root, history: history.root }
    return { state, nodes: [...docs.added, ...history.added] }
  }

  it('L11: follows the difference, not the size', async () => {
    const common = Array.from({ length: 2000 }, (_, i) => i)
    const one = await chain([...common, 2010, 3020, 3530])
    const other = await chain([...common, 4100, 5100, 5600])
    const nodes = new MemoryBlocks().add([...one.nodes, ...other.nodes])
    const bodyOf = () => Promise.reject(new Error('no content is needed'))
    const { added } = await mergeStates(nodes, bodyOf, one.state, other.state)
    expect(nodes.size).toBeGreaterThan(100)
    expect(nodes.read.size).toBeLessThan(30)
    expect(added.length).toBeLessThan(15)
  })
})
