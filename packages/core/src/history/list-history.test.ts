import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { cidToKey } from '../codec/cid.js'
import { compareNodes } from '../commits/ancestry.js'
import { applyCommits } from '../state/apply-commits.js'
import { HistoryModel } from '../state/fixtures/history-model.js'
import { hostileHistory } from '../state/fixtures/hostile-history.js'
import { foldedPart, viewOfPart } from '../state/fixtures/model-snapshot.js'
import { StoredDocument } from '../state/stored-document.js'
import { type LoadedCommit, View } from '../state/view.js'
import { listCommits } from './list-commits.js'
import { listVersions } from './list-versions.js'

const scene = hostileHistory(30, true).chain(model =>
  fc.record({
    model: fc.constant(model),
    part: foldedPart(model),
    pick: fc.nat(),
    limit: fc.integer({ min: 1, max: 40 }),
  }),
)

async function all<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const entry of entries) found.push(entry)
  return found
}

/** The commits of the history of a model, newest first. */
function newestFirst(model: HistoryModel): LoadedCommit[] {
  const history = model.history(model.commits)
  return model.commits
    .filter(({ commit }) => history.has(commit.key))
    .sort((a, b) => compareNodes(b.commit, a.commit))
}

/** The versions of a document, by the definitions. */
function versionsOf(model: HistoryModel, id: string) {
  const history = newestFirst(model)
  const winner = model.leaves(model.history(model.commits), id)[0]?.key
  return history.flatMap(({ commit, documents }) => {
    const op = commit.ops.find(each => each.id === id)
    if (op === undefined) return []
    const parents = op.prev.filter(cid => {
      const named = history.find(each => each.commit.key === cidToKey(cid))?.commit
      return named?.ops.some(each => each.id === id) && model.ancestors(commit.key).has(named.key)
    })
    return [
      {
        clock: [commit.cid.toString()],
        document: documents.get(id)?.copy() ?? null,
        time: commit.time,
        parents: parents.map(cid => [cid.toString()]),
        isCurrent: commit.key === winner,
      },
    ]
  })
}

describe('listVersions', () => {
  it('lists all versions with what they supersede, whatever hostile commits name, and goes on behind any', async () => {
    const property = fc.asyncProperty(scene, async ({ model, part, pick, limit }) => {
      const { view } = await applyCommits(await viewOfPart(model, part), model.commits)
      for (const id of ['a', 'b', 'é\u{10000}', 'nobody']) {
        const expected = versionsOf(model, id)
        const found = await all(listVersions(view, id, { limit }))
        expect(found).toMatchObject(expected)
        expect(found.length).toBe(expected.length)
        const from = found[pick % Math.max(1, found.length)]
        const rest = await all(listVersions(view, id, { limit, after: from?.place }))
        expect(rest).toMatchObject(from === undefined ? expected : expected.slice(found.indexOf(from) + 1))
      }
    })
    await fc.assert(property, { numRuns: runs(60) })
  })

  it('has no document where the content was erased or does not decode', async () => {
    const model = new HistoryModel()
    const [one, two] = [
      model.forge([], [{ id: 'x', prev: [], fields: { n: 1 } }]),
      model.forge([0], [{ id: 'x', prev: [0], fields: { n: 2 } }]),
    ]
    model.forge([1], [{ id: 'x', prev: [1] }])
    const damaged = new StoredDocument('x', two.commit.cid, new Uint8Array([1]))
    const { view } = await applyCommits(View.empty, [
      { ...one, documents: new Map() },
      { ...two, documents: new Map([['x', damaged]]) },
      model.commits[2] as LoadedCommit,
    ])
    const found = await all(listVersions(view, 'x', { limit: 10 }))
    expect(found.map(version => version.document)).toEqual([null, undefined, undefined])
    expect(found.map(version => version.isCurrent)).toEqual([true, false, false])
  })
})

describe('listCommits', () => {
  it('lists all commits newest first, and goes on behind any', async () => {
    const property = fc.asyncProperty(scene, async ({ model, part, pick, limit }) => {
      const { view } = await applyCommits(await viewOfPart(model, part), model.commits)
      const expected = newestFirst(model).map(({ commit }) => ({
        clock: [commit.cid.toString()],
        time: commit.time,
        ids: commit.ops.map(op => op.id),
        parents: commit.parents.map(cid => [cid.toString()]),
      }))
      const found = await all(listCommits(view, { limit }))
      expect(found).toMatchObject(expected)
      expect(found.length).toBe(expected.length)
      const from = found[pick % Math.max(1, found.length)]
      const rest = await all(listCommits(view, { limit, after: from?.place }))
      expect(rest).toMatchObject(from === undefined ? expected : expected.slice(found.indexOf(from) + 1))
    })
    await fc.assert(property, { numRuns: runs(60) })
  })

  it('reads what is asked for and little more, of a long history', async () => {
    const model = new HistoryModel()
    for (let i = 0; i < 500; i++)
      model.forge(i === 0 ? [] : [i - 1], [{ id: `${i}`, prev: [], fields: { i } }])
    const folded = new Set(model.commits.map(({ commit }) => commit.key))
    const view = await viewOfPart(model, { folded, isAsync: true })
    let reads = 0
    const counting = new Proxy(view, {
      get(target, name) {
        if (name === 'commitOf') reads += 1
        const value = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const seen: number[] = []
    for await (const { time } of listCommits(counting, { limit: 1000 })) if (seen.push(time) === 3) break
    expect(seen).toEqual([499, 498, 497])
    expect(reads).toBeLessThan(20)
  })
})
