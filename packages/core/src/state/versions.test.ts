import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type CID, parseCid } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { applyCommits } from './apply-commits.js'
import { HistoryModel } from './fixtures/history-model.js'
import { hostileHistory } from './fixtures/hostile-history.js'
import { foldedPart, viewOfPart } from './fixtures/model-snapshot.js'
import { HistoryReader } from './history-reader.js'
import { leavesAt, resolveClock } from './versions.js'
import { type LoadedCommit, View } from './view.js'

/** A model with all its commits delivered, and a count of the commits that are read again. */
async function replicaOf(model: HistoryModel) {
  const { view } = await applyCommits(View.empty, model.commits)
  const replica = {
    view,
    reads: 0,
    find: (cid: CID) => {
      replica.reads += 1
      return view.findCommit(cid)
    },
  }
  return replica
}

/** The place of the commit with this label. */
async function nodeAt(view: View, model: HistoryModel, label: number): Promise<CommitNode> {
  const { commit } = model.commits[label] as LoadedCommit
  return (await view.nodeOf(commit)) as CommitNode
}

function textOf({ commit }: LoadedCommit): string {
  return commit.cid.toString()
}

/** A history, and the part of it that is in a snapshot. */
const anyReplica = hostileHistory(20, true).chain(model =>
  fc.record({ model: fc.constant(model), part: foldedPart(model) }),
)

describe('leavesAt', () => {
  it('gives at any clock the leaves that its history has by definition, the winner first', async () => {
    const property = fc.asyncProperty(
      anyReplica,
      fc.array(fc.nat(), { maxLength: 3 }),
      async ({ model, part }, picks) => {
        const { view } = await applyCommits(await viewOfPart(model, part), model.commits)
        const history = model.history(model.commits)
        const known = model.commits.filter(({ commit }) => history.has(commit.key))
        const picked = known.length === 0 ? [] : picks.map(pick => known[pick % known.length] as LoadedCommit)
        const clock = await resolveClock(view, picked.map(textOf), parseCid)
        expect(clock.map(node => node.key)).toEqual([...new Set(picked.map(each => each.commit.key))].sort())
        const atClock = model.closure(clock.map(node => node.key))
        for (const id of model.ids(history)) {
          const leaves = await leavesAt(view, id, clock)
          expect(leaves.map(({ node }) => node.key)).toEqual(model.leaves(atClock, id).map(leaf => leaf.key))
          for (const { op } of leaves) expect(op.id).toBe(id)
        }
        expect(await leavesAt(view, 'never written', clock)).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: runs(100) })
  })

  it('finds what an older version was superseded by, however long before the clock that was', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 50; i++) {
      const before = i === 0 ? [] : [i - 1]
      model.forge(before, [{ id: 'x', prev: before, fields: { i } }])
    }
    // Somebody who knew only the third version writes after the clock.
    const late = model.forge([2], [{ id: 'x', prev: [2], fields: { late: true } }])
    const { view, find } = await replicaOf(model)
    const clock = [await nodeAt(view, model, 49)]
    const leaves = await leavesAt(view, 'x', clock, new HistoryReader(view, find))
    expect(leaves.map(({ node }) => node.key)).toEqual(clock.map(node => node.key))
    expect((await view.entry('x'))?.leaves.map(leaf => leaf.key)).toContain(late.commit.key)
  })

  it('reads as many commits as touched the document since, not as there are', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 1000; i++) {
      const before = i === 0 ? [] : [i - 1]
      model.forge(before, [{ id: 'x', prev: before, fields: { i } }])
    }
    const replica = await replicaOf(model)
    const clock = [await nodeAt(replica.view, model, 990)]
    expect(
      (await leavesAt(replica.view, 'x', clock, new HistoryReader(replica.view, replica.find))).length,
    ).toBe(1)
    expect(replica.reads).toBeLessThan(20)
  })
})

describe('resolveClock', () => {
  it('gives the commits that a clock names', async () => {
    const model = new HistoryModel()
    model.forge([], [{ id: 'x', prev: [] }])
    const { view } = await replicaOf(model)
    expect(await resolveClock(view, view.clock, parseCid)).toEqual(view.heads)
    expect(await resolveClock(view, [], parseCid)).toEqual([])
  })

  it('refuses what is no clock, and a commit that is not here', async () => {
    for (const clock of [undefined, null, 'bafy', 5, {}, [5], ['nonsense'], [null]]) {
      await expect(resolveClock(View.empty, clock, parseCid)).rejects.toMatchObject({
        code: 'INVALID_OPTION',
      })
    }
    const unknown = [testCid(1).toString()]
    await expect(resolveClock(View.empty, unknown, parseCid)).rejects.toMatchObject({
      code: 'UNKNOWN_CLOCK',
      details: { commit: unknown[0] },
    })
  })
})
