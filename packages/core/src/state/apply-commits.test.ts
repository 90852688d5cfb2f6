import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import { applyCommits } from './apply-commits.js'
import { isConflicted } from './conflicts.js'
import { HistoryModel } from './fixtures/history-model.js'
import { hostileHistory } from './fixtures/hostile-history.js'
import type { DocumentEntry } from './leaf.js'
import { StoredDocument } from './stored-document.js'
import { type LoadedCommit, View } from './view.js'

/** Delivers batches one after the other; answers the last view. */
async function deliver(...batches: readonly (readonly LoadedCommit[])[]): Promise<View> {
  let view = View.empty
  for (const batch of batches) view = (await applyCommits(view, batch)).view
  return view
}

function leavesOf(view: View, id: string): CidKey[] {
  return (view.entry(id)?.leaves ?? []).map(leaf => leaf.key)
}

/** That a view is what the definitions make of the delivered commits. */
function expectModelState(view: View, model: HistoryModel, delivered: readonly LoadedCommit[]): void {
  const history = model.history(delivered)
  expect([...view.history.keys()]).toEqual([...history].sort())
  expect(view.heads.map(head => head.key)).toEqual(model.heads(history))
  expect([...view.pending.keys()]).toEqual(model.pending(delivered))
  const ids = [...model.ids(history)]
  expect([...view.docs.values()].map(entry => entry.id).sort()).toEqual(ids.sort())
  for (const id of ids) {
    const leaves = model.leaves(history, id)
    expect(leavesOf(view, id)).toEqual(leaves.map(leaf => leaf.key))
    expect(view.entry(id)?.leaves.map(leaf => leaf.document)).toEqual(
      leaves.map(leaf => leaf.loaded.documents.get(id)),
    )
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
        expectModelState(view, model, delivered)
        expectModelState(before, model, delivered.slice(0, -batch.length))
        expectChanges(before, view, applied.changes)
        const again = await applyCommits(view, delivered)
        expect(again.view).toBe(view)
        expect(again.changes).toEqual([])
      }
    })
    await fc.assert(property, { numRuns: runs(150) })
  })

  /** The changes are the documents whose winner is another one, and no deletion of what was not shown. */
  function expectChanges(
    before: View,
    after: View,
    changes: readonly { id: string; document: unknown }[],
  ): void {
    const winnerIn = (view: View, id: string) => view.entry(id)?.leaves[0]
    const expected = [...after.docs.values()]
      .map(entry => entry.id)
      .filter(id => {
        const [was, is] = [winnerIn(before, id), winnerIn(after, id)]
        return was?.key !== is?.key && (was?.document !== undefined || is?.document !== undefined)
      })
      .sort((a, b) => (textToOrderedKey(a) < textToOrderedKey(b) ? -1 : 1))
    expect(changes.map(change => change.id)).toEqual(expected)
    for (const { id, document } of changes) expect(document).toBe(winnerIn(after, id)?.document)
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
        reported.push(...applied.invalid.map(({ code, details }) => [code, details.cid]))
      }
      expect(reported).toEqual([['INVALID_COMMIT', wrong.commit.cid.toString()]])
      expectModelState(view, model, [root, wrong, child])
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
    for (const view of views) expect(leavesOf(view, 'x').sort()).toEqual([p.commit.key, w.commit.key].sort())
  })

  it('scenario 2: a commit without its parent is in no head, document or clock until the parent comes', async () => {
    const model = new HistoryModel()
    const parent = model.forge([], [{ id: 'x', prev: [], fields: { n: 0 } }])
    const child = model.forge([0], [{ id: 'x', prev: [0], fields: { n: 1 } }])
    const alone = await deliver([child])
    expect(alone.clock).toEqual([])
    expect(alone.entry('x')).toBeUndefined()
    expect(alone.history.size).toBe(0)
    expect([...alone.pending.keys()]).toEqual([child.commit.key])
    const both = (await applyCommits(alone, [parent])).view
    expect(both.clock).toEqual([child.commit.cid.toString()])
    expect(leavesOf(both, 'x')).toEqual([child.commit.key])
    expect(both.pending.size).toBe(0)
    expect(both.waiting.size).toBe(0)
  })

  it('scenario 4: a deletion that names all leaves leaves nothing to show', async () => {
    const model = new HistoryModel()
    const ops = (n: number) => [{ id: 'x', prev: [], fields: { n } }]
    const versions = [model.forge([], ops(0)), model.forge([], ops(1)), model.forge([], ops(2))]
    const del = model.forge([0, 1, 2], [{ id: 'x', prev: [0, 1, 2] }])
    const before = await deliver(versions)
    expect(leavesOf(before, 'x').length).toBe(3)
    const { view, changes } = await applyCommits(before, [del])
    expect(leavesOf(view, 'x')).toEqual([del.commit.key])
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

describe('isConflicted', () => {
  it('scenario 7: holds for leaves that differ, unless all are deleted', async () => {
    const property = fc.asyncProperty(hostileHistory(15), async model => {
      const view = await deliver(model.commits)
      for (const entry of view.docs.values()) {
        const contents = entry.leaves.map(leaf => JSON.stringify(leaf.document?.copy()))
        expect(isConflicted(entry)).toBe(new Set(contents).size > 1)
      }
    })
    await fc.assert(property, { numRuns: runs(150) })
  })

  it('holds where a content does not decode, as nobody can say that it is the same', async () => {
    const model = new HistoryModel()
    const fine = model.forge([], [{ id: 'x', prev: [], fields: { n: 0 } }])
    const other = model.forge([], [{ id: 'x', prev: [], fields: { n: 0 } }])
    const { leaves } = (await deliver([fine, other])).entry('x') as DocumentEntry
    expect(isConflicted({ id: 'x', leaves })).toBe(false)
    for (const damagedAt of [0, 1]) {
      const damaged = leaves.map((leaf, i) => (i === damagedAt ? { ...leaf, document: damage(leaf) } : leaf))
      expect(isConflicted({ id: 'x', leaves: damaged })).toBe(true)
    }
  })

  function damage({ document }: DocumentEntry['leaves'][number]) {
    const { id, version } = document as NonNullable<typeof document>
    return new StoredDocument(id, version, new Uint8Array([1]))
  }
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
