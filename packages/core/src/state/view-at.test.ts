import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { CidKey } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import type { KeyWalk } from '../primitives/ordered-map.js'
import { applyCommits } from './apply-commits.js'
import { commitKeyToCid } from './commit-digest.js'
import { HistoryModel } from './fixtures/history-model.js'
import { hostileHistory } from './fixtures/hostile-history.js'
import { foldedPart, viewOfPart } from './fixtures/model-snapshot.js'
import { type LoadedCommit, type ShownDocument, View } from './view.js'
import { ViewAt } from './view-at.js'

const ids = ['a', 'b', 'é\u{10000}', 'nobody']

const scene = hostileHistory(24, true).chain(model =>
  fc.record({
    model: fc.constant(model),
    order: fc.shuffledSubarray(model.commits, { minLength: model.commits.length }),
    part: foldedPart(model),
    cut: fc.nat(24),
    picks: fc.array(fc.nat(), { maxLength: 3 }),
  }),
)

async function nodesOf(view: View, keys: readonly CidKey[]): Promise<CommitNode[]> {
  return Promise.all(keys.map(async key => (await view.find(commitKeyToCid(key))) as CommitNode))
}

/** What the moment is, by the definitions. */
function expected(model: HistoryModel, history: ReadonlySet<CidKey>) {
  return ids.flatMap(id => {
    const leaves = model.leaves(history, id)
    const content = leaves[0]?.loaded.documents.get(id)?.copy()
    return leaves.length === 0 ? [] : [{ id, leaves: leaves.map(leaf => leaf.key), content }]
  })
}

async function found(at: ViewAt, walk: KeyWalk = {}) {
  const entries = []
  for await (const page of at.pages(walk)) entries.push(...page)
  const shown: ShownDocument[] = []
  for await (const page of at.shownPages(walk)) shown.push(...page)
  return entries.map(({ id, leaves }, i) => {
    expect(shown[i]?.id).toBe(id)
    return { id, leaves: leaves.map(leaf => leaf.key), content: shown[i]?.document?.copy() }
  })
}

describe('ViewAt', () => {
  it('is what applying the commits up to the moment gives, also when more commits come', async () => {
    const property = fc.asyncProperty(scene, async ({ model, order, part, cut, picks }) => {
      const first = (await applyCommits(await viewOfPart(model, part), order.slice(0, cut))).view
      const stored = model.commits.filter(({ commit }) => part.folded.has(commit.key))
      const known = [...model.history([...stored, ...order.slice(0, cut)])]
      const picked = known.length === 0 ? [] : picks.map(pick => known[pick % known.length] as CidKey)
      const keys = [...new Set(picked)].sort()
      const history = model.closure(keys)
      const at = await ViewAt.of(first, await nodesOf(first, keys))
      const { view } = await applyCommits(first, order.slice(cut))
      for (const each of [at, await at.over(view), await ViewAt.of(view, await nodesOf(view, keys))]) {
        expect(each.clock).toEqual(model.heads(history).map(commitKeyToCid).map(String))
        expect(await found(each)).toEqual(expected(model, history))
        for (const id of ids) {
          expect((await each.shown(id))?.copy()).toEqual(model.shown(history, id)?.copy())
          expect((await each.entry(id))?.leaves.map(leaf => leaf.key)).toEqual(
            model.leaves(history, id).length === 0
              ? undefined
              : model.leaves(history, id).map(leaf => leaf.key),
          )
        }
      }
    })
    await fc.assert(property, { numRuns: runs(80) })
  })

  it('walks a range of ids in both directions', async () => {
    const model = new HistoryModel()
    const put = (id: string) => ({ id, prev: [], fields: { id } })
    model.forge([], ['a', 'c', 'e'].map(put))
    model.forge([0], ['b', 'd'].map(put))
    model.forge([1], [{ id: 'a', prev: [0], fields: { late: true } }, put('f')])
    const view = (await applyCommits(View.empty, model.commits)).view
    const at = await ViewAt.of(view, [await nodeOf(view, model.commits[1])])
    const idsOf = async (walk: KeyWalk) => (await found(at, walk)).map(({ id }) => id)
    expect(at.isWhole).toBe(false)
    expect(await idsOf({})).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await idsOf({ reverse: true })).toEqual(['e', 'd', 'c', 'b', 'a'])
    expect(await idsOf({ from: textToOrderedKey('b'), to: textToOrderedKey('d') })).toEqual(['b', 'c'])
    expect((await at.shown('a'))?.copy()).toEqual({ _id: 'a', id: 'a' })
    expect(await at.entry('f')).toBeUndefined()
  })

  it('reads no more commits than were made since, nor than were made before', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 400; i++)
      model.forge(i === 0 ? [] : [i - 1], [{ id: `${i % 40}`, prev: i < 40 ? [] : [i - 40], fields: { i } }])
    const all = new Set(model.commits.map(({ commit }) => commit.key))
    const view = await viewOfPart(model, { folded: all, isAsync: true })
    for (const [moment, most] of [
      [395, 8],
      [4, 5],
    ] as const) {
      const node = await nodeOf(view, model.commits[moment])
      let reads = 0
      const counting = new Proxy(view, {
        get(target, name) {
          if (name === 'commitOf' || name === 'findCommit') reads += 1
          const value = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      const at = await ViewAt.of(counting, [node])
      expect(at.isWhole).toBe(moment < 200)
      expect(reads).toBeLessThanOrEqual(most)
      expect(await found(at)).toEqual(
        (await found(await ViewAt.of(view, [node]))).sort((a, b) => (a.id < b.id ? -1 : 1)),
      )
    }
  })

  it('tells of a content that was erased since, wherever it would be shown', async () => {
    const model = new HistoryModel()
    const first = model.forge(
      [],
      [
        { id: 'x', prev: [], fields: { n: 1 } },
        { id: 'y', prev: [], fields: { n: 1 } },
      ],
    )
    const erased: LoadedCommit = {
      commit: first.commit,
      documents: new Map([...first.documents].filter(([id]) => id === 'y')),
    }
    const second = model.forge([0], [{ id: 'x', prev: [0], fields: { n: 2 } }])
    const { view } = await applyCommits(View.empty, [erased, second])
    const at = await ViewAt.of(view, [await nodeOf(view, first)])
    await expect(async () => at.shown('x')).rejects.toMatchObject({ code: 'PRUNED' })
    await expect(found(at)).rejects.toMatchObject({ code: 'PRUNED' })
    expect((await at.shown('y'))?.copy()).toEqual({ _id: 'y', n: 1 })
    expect((await found(at, { from: 'y' })).map(({ id }) => id)).toEqual(['y'])
  })
})

async function nodeOf(view: View, loaded: LoadedCommit | undefined): Promise<CommitNode> {
  return (await view.nodeOf((loaded as LoadedCommit).commit)) as CommitNode
}
