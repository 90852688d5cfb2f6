import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type CidKey, cidToKey, parseCid } from '../codec/cid.js'
import { compareNodes } from '../commits/ancestry.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { applyCommits } from '../state/apply-commits.js'
import { commitKeyToCid } from '../state/commit-digest.js'
import { HistoryModel } from '../state/fixtures/history-model.js'
import { hostileHistory } from '../state/fixtures/hostile-history.js'
import { foldedPart, viewOfPart } from '../state/fixtures/model-snapshot.js'
import { StoredDocument } from '../state/stored-document.js'
import { type LoadedCommit, View } from '../state/view.js'
import { type ChangesPage, readChanges } from './changes.js'

async function viewOf(commits: readonly LoadedCommit[]): Promise<View> {
  return (await applyCommits(View.empty, commits)).view
}

/** A commit whose contents do not decode. */
function damaged({ commit, documents }: LoadedCommit): LoadedCommit {
  const damage = ({ id, version }: StoredDocument) =>
    [id, new StoredDocument(id, version, new Uint8Array([1]))] as const
  return { commit, documents: new Map([...documents.values()].map(damage)) }
}

/** A commit whose contents were erased. */
function erased({ commit }: LoadedCommit): LoadedCommit {
  return { commit, documents: new Map() }
}

/** A deleting commit, as one that erases. */
function purging({ commit, documents }: LoadedCommit): LoadedCommit {
  return { commit: { ...commit, ops: commit.ops.map(op => ({ ...op, purge: true })) }, documents }
}

function keysOf(clock: readonly string[]) {
  return clock.map(text => cidToKey(parseCid(text)))
}

describe('readChanges', () => {
  it('scenario 28: ends, misses nothing, repeats nothing and shows what is shown, however late commits come', async () => {
    const property = fc.asyncProperty(
      hostileHistory(22, true).chain(model =>
        fc.record({
          model: fc.constant(model),
          order: fc.shuffledSubarray(model.commits, { minLength: model.commits.length }),
          arrivals: fc.infiniteStream(fc.nat(4)),
          limits: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
          part: foldedPart(model),
          start: fc.array(fc.nat(), { maxLength: 2 }),
        }),
      ),
      async ({ model, order, arrivals, limits, part, start }) => {
        const waiting = [...order]
        const first = waiting.splice(0, 5)
        let { view } = await applyCommits(await viewOfPart(model, part), first)
        // Begins anywhere: what lies before is never delivered.
        const stored = model.commits.filter(({ commit }) => part.folded.has(commit.key))
        const known = [...model.history([...stored, ...first])]
        const from = known.length === 0 ? [] : start.map(pick => known[pick % known.length] as CidKey)
        const delivered = model.closure(from)
        const heads = model.heads(delivered).map(commitKeyToCid).map(String)
        let clock: readonly string[] = [...heads, ...heads]
        for (let isOver = false; !isOver; ) {
          const limit = limits.next().value as number
          const page = await readChanges(view, clock, limit)
          expectPage(model, page, delivered, limit)
          clock = page.clock
          expect(keysOf(clock)).toEqual(model.heads(delivered))
          isOver = page.rows.length === 0 && waiting.length === 0
          const batch = waiting.splice(0, page.rows.length === 0 ? 3 : (arrivals.next().value as number))
          view = (await applyCommits(view, batch)).view
        }
        expect([...delivered].sort()).toEqual([...model.history(order)].sort())
      },
    )
    await fc.assert(property, { numRuns: runs(50) })
  })

  /** Takes a page into `delivered`: whole commits, none twice, each row with what is shown after it. */
  function expectPage(model: HistoryModel, page: ChangesPage, delivered: Set<string>, limit: number): void {
    const before = delivered.size
    const rows = [...page.rows]
    const byKey = new Map(model.commits.map(loaded => [loaded.commit.key, loaded]))
    let last: LoadedCommit['commit'] | undefined
    while (rows.length > 0) {
      expect(page.rows.length - rows.length).toBeLessThan(limit)
      const rowKeys = keysOf(rows[0]?.clock as readonly string[])
      const [key] = rowKeys.filter(each => !delivered.has(each))
      const { commit } = byKey.get(key as never) as LoadedCommit
      if (last !== undefined) expect(compareNodes(last, commit)).toBeLessThan(0)
      last = commit
      delivered.add(commit.key)
      expect(rowKeys).toEqual(model.heads(delivered as never))
      for (const op of commit.ops) {
        const { id, document } = rows.shift() as ChangesPage['rows'][number]
        expect(id).toBe(op.id)
        expect(document).toEqual(model.shown(delivered as never, id)?.copy())
      }
    }
    if (page.rows.length === 0) expect(delivered.size).toBe(before)
  }

  it('gives everything without a clock, nothing for the newest, and no rows for the limit 0', async () => {
    const model = new HistoryModel()
    model.forge([], [{ id: 'x', prev: [], fields: { n: 1 } }])
    model.forge([0], [{ id: 'x', prev: [0] }])
    const view = await viewOf(model.commits)
    const all = await readChanges(view, undefined, Number.POSITIVE_INFINITY)
    expect(all.rows.map(row => row.document)).toEqual([{ _id: 'x', n: 1 }, undefined])
    expect(all.clock).toEqual(view.clock)
    expect(await readChanges(view, view.clock, 10)).toEqual({ rows: [], clock: view.clock })
    expect(await readChanges(view, [], 0)).toEqual({ rows: [], clock: [] })
  })

  it('leaves a content that does not decode out and goes on behind it', async () => {
    const model = new HistoryModel()
    const view = await viewOf([
      model.forge([], [{ id: 'x', prev: [], fields: { n: 1 } }]),
      damaged(model.forge([0], [{ id: 'y', prev: [], fields: { n: 2 } }])),
      damaged(model.forge([1], [{ id: 'z', prev: [], fields: { n: 3 } }])),
    ])
    const first = await readChanges(view, undefined, 1)
    expect(first.rows.map(row => row.id)).toEqual(['x'])
    expect(await readChanges(view, first.clock, 1)).toEqual({ rows: [], clock: view.clock })
  })

  it('leaves an erased content out where everything is asked for; since a clock it is PRUNED', async () => {
    const model = new HistoryModel()
    const view = await viewOf([
      model.forge([], [{ id: 'x', prev: [], fields: { n: 1 } }]),
      erased(model.forge([0], [{ id: 'x', prev: [0], fields: { n: 2 } }])),
      model.forge([1], [{ id: 'x', prev: [1], fields: { n: 3 } }]),
    ])
    const [first, second] = model.commits.map(({ commit }) => [commit.cid.toString()])
    const all = await readChanges(view, undefined, 10)
    expect(all.rows.map(row => row.document?.n)).toEqual([1, 3])
    expect(all.clock).toEqual(view.clock)
    await expect(readChanges(view, [], 10)).rejects.toMatchObject({ code: 'PRUNED' })
    await expect(readChanges(view, first, 10)).rejects.toMatchObject({ code: 'PRUNED' })
    expect((await readChanges(view, second, 10)).rows.map(row => row.document?.n)).toEqual([3])
  })

  it('leaves out the erased contents of a purged document since any clock, and tells of its deletion', async () => {
    const model = new HistoryModel()
    const view = await viewOf([
      model.forge([], [{ id: 'other', prev: [], fields: { n: 1 } }]),
      erased(model.forge([0], [{ id: 'x', prev: [], fields: { n: 2 } }])),
      purging(model.forge([1], [{ id: 'x', prev: [1] }])),
    ])
    const [first] = model.commits.map(({ commit }) => [commit.cid.toString()])
    for (const [since, ids] of [
      [undefined, ['other', 'x']],
      [[], ['other', 'x']],
      [first, ['x']],
    ] as const) {
      const page = await readChanges(view, since, 10)
      expect(page.rows.map(row => row.id)).toEqual(ids)
      expect(page.rows.at(-1)?.document).toBeUndefined()
      expect(page.clock).toEqual(view.clock)
    }
  })

  it('refuses a clock that it does not know', async () => {
    await expect(readChanges(View.empty, [testCid(1).toString()], 1)).rejects.toMatchObject({
      code: 'UNKNOWN_CLOCK',
    })
    await expect(readChanges(View.empty, 'clock', 1)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
