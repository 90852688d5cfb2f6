import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { parseCid } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import type { Commit } from '../commits/commit.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { applyCommits } from './apply-commits.js'
import { HistoryModel } from './fixtures/history-model.js'
import { hostileHistory } from './fixtures/hostile-history.js'
import { leavesAt, resolveClock } from './versions.js'
import { View } from './view.js'

/** A model with all its commits delivered, and a count of the commits that are read again. */
async function replicaOf(model: HistoryModel) {
  const { view } = await applyCommits(View.empty, model.commits)
  const byKey = new Map(model.commits.map(({ commit }) => [commit.key, commit]))
  const replica = {
    view,
    reads: 0,
    commitOf: async (node: CommitNode): Promise<Commit> => {
      replica.reads += 1
      return byKey.get(node.key) as Commit
    },
  }
  return replica
}

describe('leavesAt', () => {
  it('gives at any clock the leaves that its history has by definition, the winner first', async () => {
    const property = fc.asyncProperty(
      hostileHistory(25),
      fc.array(fc.nat(), { maxLength: 3 }),
      async (model, picks) => {
        const { view, commitOf } = await replicaOf(model)
        const nodes = [...view.history.values()]
        const clock = nodes.length === 0 ? [] : picks.map(pick => nodes[pick % nodes.length] as CommitNode)
        const history = model.closure(clock.map(node => node.key))
        for (const id of model.ids(model.history(model.commits))) {
          const leaves = await leavesAt(view, id, clock, commitOf)
          expect(leaves.map(({ node }) => node.key)).toEqual(model.leaves(history, id).map(leaf => leaf.key))
          for (const { op } of leaves) expect(op.id).toBe(id)
        }
        expect(await leavesAt(view, 'never written', clock, commitOf)).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: runs(150) })
  })

  it('finds what an older version was superseded by, however long before the clock that was', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 50; i++) {
      const before = i === 0 ? [] : [i - 1]
      model.forge(before, [{ id: 'x', prev: before, fields: { i } }])
    }
    // Somebody who knew only the third version writes after the clock.
    const late = model.forge([2], [{ id: 'x', prev: [2], fields: { late: true } }])
    const { view, commitOf } = await replicaOf(model)
    const clock = [
      view.history.get((model.commits[49] as (typeof model.commits)[0]).commit.key) as CommitNode,
    ]
    const leaves = await leavesAt(view, 'x', clock, commitOf)
    expect(leaves.map(({ node }) => node.key)).toEqual(clock.map(node => node.key))
    expect(view.entry('x')?.leaves.map(leaf => leaf.key)).toContain(late.commit.key)
  })

  it('reads as many commits as touched the document since, not as there are', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 1000; i++) {
      const before = i === 0 ? [] : [i - 1]
      model.forge(before, [{ id: 'x', prev: before, fields: { i } }])
    }
    const replica = await replicaOf(model)
    const clock = [
      replica.view.history.get((model.commits[990] as (typeof model.commits)[0]).commit.key) as CommitNode,
    ]
    expect((await leavesAt(replica.view, 'x', clock, replica.commitOf)).length).toBe(1)
    expect(replica.reads).toBeLessThan(20)
  })
})

describe('resolveClock', () => {
  it('gives the commits that a clock names', async () => {
    const model = new HistoryModel()
    model.forge([], [{ id: 'x', prev: [] }])
    const { view } = await replicaOf(model)
    expect(resolveClock(view, view.clock, parseCid)).toEqual(view.heads)
    expect(resolveClock(view, [], parseCid)).toEqual([])
  })

  it('refuses what is no clock, and a commit that is not here', async () => {
    const refusal = (clock: unknown) => {
      try {
        resolveClock(View.empty, clock, parseCid)
        return undefined
      } catch (error) {
        return (error as { code?: string }).code
      }
    }
    for (const clock of [undefined, null, 'bafy', 5, {}, [5], ['nonsense'], [null]]) {
      expect(refusal(clock)).toBe('INVALID_OPTION')
    }
    expect(refusal([testCid(1).toString()])).toBe('UNKNOWN_CLOCK')
  })
})
