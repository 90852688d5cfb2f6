import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { bytesToUtf8, textToOrderedKey } from '../primitives/bytes.js'
import { applyCommits } from './apply-commits.js'
import type { DocumentChange } from './document-change.js'
import { HistoryModel } from './fixtures/history-model.js'
import { hostileHistory } from './fixtures/hostile-history.js'
import { foldedPart, viewOfPart } from './fixtures/model-snapshot.js'
import type { DocumentEntry, Leaf } from './leaf.js'
import type { StoredDocument } from './stored-document.js'
import { type LoadedCommit, View } from './view.js'

/** Delivers batches one after the other; answers the last view. */
async function deliver(...batches: readonly (readonly LoadedCommit[])[]): Promise<View> {
  let view = View.empty
  for (const batch of batches) view = (await applyCommits(view, batch)).view
  return view
}

async function leavesOf(view: View, id: string): Promise<CidKey[]> {
  return ((await view.entry(id))?.leaves ?? []).map(leaf => leaf.key)
}

/** All entries, as a reader of all documents gets them. */
async function entriesOf(view: View): Promise<DocumentEntry[]> {
  const pages: (readonly DocumentEntry[])[] = []
  for await (const page of view.pages()) pages.push(page)
  return pages.flat()
}

/** The contents of a document's leaves. */
async function contentsOf(view: View, { id, leaves }: DocumentEntry): Promise<unknown[]> {
  return (await Promise.all(leaves.map(leaf => view.documentOf(id, leaf)))).map(plain)
}

/** A version as text, which is quicker to compare than bytes. */
function plain(document: StoredDocument | undefined): unknown {
  return document && [document.id, document.version.toString(), bytesToUtf8(document.body)]
}

function byId(a: string, b: string): number {
  return textToOrderedKey(a) < textToOrderedKey(b) ? -1 : 1
}

/** That a view is what the definitions make of the delivered commits, the folded ones among them. */
async function expectModelState(
  view: View,
  model: HistoryModel,
  delivered: readonly LoadedCommit[],
  folded: ReadonlySet<CidKey> = new Set(),
): Promise<void> {
  const history = model.history(delivered)
  expect([...view.commits.keys()]).toEqual([...history].filter(key => !folded.has(key)).sort())
  const commits = model.commits.map(({ commit }) => commit)
  const places = commits.map(({ key }) => (history.has(key) ? key : undefined))
  const keysOf = (nodes: readonly (CommitNode | undefined)[]) => nodes.map(node => node?.key)
  expect(keysOf(await Promise.all(commits.map(commit => view.nodeOf(commit))))).toEqual(places)
  expect(keysOf(await Promise.all(commits.map(commit => view.find(commit.cid))))).toEqual(places)
  expect(view.heads.map(head => head.key)).toEqual(model.heads(history))
  expect([...view.pending.keys()]).toEqual(model.pending(delivered))
  const ids = [...model.ids(history)].sort(byId)
  expect((await entriesOf(view)).map(entry => entry.id)).toEqual(ids)
  for (const id of ids) {
    const leaves = model.leaves(history, id)
    const entry = (await view.entry(id)) as DocumentEntry
    expect(entry.leaves.map(leaf => leaf.key)).toEqual(leaves.map(leaf => leaf.key))
    const contents = leaves.map(leaf => plain(leaf.loaded.documents.get(id)))
    expect(await contentsOf(view, entry)).toEqual(contents)
    expect(plain(await view.shown(id))).toEqual(contents[0])
  }
}

/** Commits in some order, some of them more than once, cut into batches. */
function deliveries(model: HistoryModel): fc.Arbitrary<LoadedCommit[][]> {
  const { commits } = model
  return fc
    .tuple(
      fc.shuffledSubarray(commits, { minLength: commits.length }),
      fc.subarray(commits),
      fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
    )
    .map(([all, again, sizes]) => {
      const queue = [...all, ...again]
      const batches: LoadedCommit[][] = []
      for (const size of sizes) {
        if (queue.length === 0) break
        batches.push(queue.splice(0, size))
      }
      return batches
    })
}

const anyDelivery = hostileHistory(25).chain(model => deliveries(model).map(batches => ({ model, batches })))

const anyFoldedDelivery = hostileHistory(20, true).chain(model =>
  fc.record({ model: fc.constant(model), batches: deliveries(model), part: foldedPart(model) }),
)

describe('applyCommits', () => {
  it('L1: makes of a set of commits what the definitions make of it, in whatever order and how often they come', async () => {
    const property = fc.asyncProperty(anyDelivery, async ({ model, batches }) => {
      let view = View.empty
      const delivered: LoadedCommit[] = []
      for (const batch of batches) {
        const before = view
        const applied = await applyCommits(view, batch)
        view = applied.view
        delivered.push(...batch)
        await expectModelState(view, model, delivered)
        await expectModelState(before, model, delivered.slice(0, -batch.length))
        await expectChanges(before, view, applied.changes)
        const again = await applyCommits(view, delivered)
        expect(again.view).toBe(view)
        expect(again.changes).toEqual([])
      }
    })
    await fc.assert(property, { numRuns: runs(80) })
  })

  it('L1: makes the same of them over a snapshot of any part, which may come again', async () => {
    const property = fc.asyncProperty(anyFoldedDelivery, async ({ model, batches, part }) => {
      const { folded } = part
      let view = await viewOfPart(model, part)
      const delivered = model.commits.filter(({ commit }) => folded.has(commit.key))
      await expectModelState(view, model, delivered, folded)
      for (const batch of batches) {
        const before = view
        const applied = await applyCommits(view, batch)
        view = applied.view
        delivered.push(...batch)
        await expectModelState(view, model, delivered, folded)
        await expectChanges(before, view, applied.changes)
        expect((await applyCommits(view, delivered)).view).toBe(view)
      }
    })
    await fc.assert(property, { numRuns: runs(40) })
  })

  /** The changes are the documents whose winner is another one, and no deletion of what was not shown. */
  async function expectChanges(before: View, after: View, changes: readonly DocumentChange[]): Promise<void> {
    const winnersIn = async (view: View) =>
      new Map((await entriesOf(view)).map(({ id, leaves }) => [id, leaves[0] as Leaf]))
    const [winnersBefore, winnersAfter] = [await winnersIn(before), await winnersIn(after)]
    const expected = [...winnersAfter.keys()]
      .filter(id => {
        const [was, is] = [winnersBefore.get(id), winnersAfter.get(id)]
        return was?.key !== is?.key && ((was?.body ?? null) !== null || is?.body !== null)
      })
      .sort(byId)
    expect(changes.map(change => change.id)).toEqual(expected)
    for (const { id, document } of changes) {
      const winner = winnersAfter.get(id) as Leaf
      expect(plain(document)).toEqual(plain(await after.documentOf(id, winner)))
      if (winner.document !== undefined) expect(document).toBe(winner.document)
    }
  }

  it('L12: drops a commit of a wrong height, reports it, and keeps what builds on it pending', async () => {
    const model = new HistoryModel()
    const root = model.forge([], [{ id: 'a', prev: [], fields: { n: 0 } }])
    const wrong = model.forge([0], [{ id: 'a', prev: [0], fields: { n: 1 } }], 3)
    const child = model.forge([1], [{ id: 'a', prev: [1], fields: { n: 2 } }], 4)
    for (const batches of [[[root, wrong, child]], [[child], [wrong], [root]], [[root], [child], [wrong]]]) {
      let view = View.empty
      const reported: unknown[] = []
      for (const batch of batches) {
        const applied = await applyCommits(view, batch)
        view = applied.view
        reported.push(...applied.invalid.map(({ key, error }) => [key, error.code, error.details.cid]))
      }
      expect(reported).toEqual([[wrong.commit.key, 'INVALID_COMMIT', wrong.commit.cid.toString()]])
      await expectModelState(view, model, [root, wrong, child])
      expect([...view.pending.keys()]).toEqual([child.commit.key])
    }
  })

  it('scenario 1: a prev that names no ancestor is ignored for ever, in both orders', async () => {
    const model = new HistoryModel()
    const root = model.forge([], [{ id: 'x', prev: [], fields: { n: 0 } }])
    const p = model.forge([0], [{ id: 'x', prev: [0], fields: { n: 1 } }])
    const w = model.forge([0], [{ id: 'x', prev: [0, 1], fields: { n: 2 } }])
    const views = [
      await deliver([root], [p], [w]),
      await deliver([root], [w], [p]),
      await deliver([w, p, root]),
    ]
    for (const view of views)
      expect((await leavesOf(view, 'x')).sort()).toEqual([p.commit.key, w.commit.key].sort())
  })

  it('scenario 2: a commit without its parent is in no head, document or clock until the parent comes', async () => {
    const model = new HistoryModel()
    const parent = model.forge([], [{ id: 'x', prev: [], fields: { n: 0 } }])
    const child = model.forge([0], [{ id: 'x', prev: [0], fields: { n: 1 } }])
    const alone = await deliver([child])
    expect(alone.clock).toEqual([])
    expect(await alone.entry('x')).toBeUndefined()
    expect(alone.commits.size).toBe(0)
    expect([...alone.pending.keys()]).toEqual([child.commit.key])
    const both = (await applyCommits(alone, [parent])).view
    expect(both.clock).toEqual([child.commit.cid.toString()])
    expect(await leavesOf(both, 'x')).toEqual([child.commit.key])
    expect(both.pending.size).toBe(0)
    expect(both.waiting.size).toBe(0)
  })

  it('scenario 4: a deletion that names all leaves leaves nothing to show', async () => {
    const model = new HistoryModel()
    const ops = (n: number) => [{ id: 'x', prev: [], fields: { n } }]
    const versions = [model.forge([], ops(0)), model.forge([], ops(1)), model.forge([], ops(2))]
    const del = model.forge([0, 1, 2], [{ id: 'x', prev: [0, 1, 2] }])
    const before = await deliver(versions)
    expect((await leavesOf(before, 'x')).length).toBe(3)
    const { view, changes } = await applyCommits(before, [del])
    expect(await leavesOf(view, 'x')).toEqual([del.commit.key])
    expect(changes).toEqual([{ id: 'x', document: undefined }])
  })

  it('takes 3,000 commits that wait for one parent without comparing each with each', async () => {
    const model = new HistoryModel()
    const root = model.forge([], [{ id: 'x', prev: [], fields: { n: 0 } }])
    const children = Array.from({ length: 3000 }, (_, i) => model.forge([0], [{ id: `${i}`, prev: [] }]))
    for (const batches of [[children, [root]], [[root, ...children]], [[...children, root]]]) {
      const view = await deliver(...batches)
      expect(view.heads.length).toBe(3000)
      expect(view.docs.size).toBe(3001)
    }
  })
})

describe('a clock', () => {
  it('is the heads, sorted by bytes, the same frozen array at every look', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 20; i++) model.forge([], [{ id: 'x', prev: [], fields: { i } }])
    const view = await deliver(model.commits)
    const keys = model.commits.map(({ commit }) => cidToKey(commit.cid)).sort()
    expect(view.clock).toEqual(
      keys.map(key => model.commits.find(each => each.commit.key === key)?.commit.cid.toString()),
    )
    expect(view.clock).toBe(view.clock)
    expect(Object.isFrozen(view.clock)).toBe(true)
  })
})
