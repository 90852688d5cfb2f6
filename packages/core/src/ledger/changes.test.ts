import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { CID } from '../codec/cid.js'
import { cidToKey, parseCid } from '../codec/cid.js'
import { type CommitNode, compareNodes } from '../commits/ancestry.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { applyCommits } from '../state/apply-commits.js'
import { HistoryModel } from '../state/fixtures/history-model.js'
import { hostileHistory } from '../state/fixtures/hostile-history.js'
import { type LoadedCommit, View } from '../state/view.js'
import { type ChangesPage, type ChangesReader, readChanges } from './changes.js'

/** What a replica offers a reader of changes, with the commits that came so far. */
async function readerOf(model: HistoryModel, view: View): Promise<ChangesReader> {
  const byKey = new Map(model.commits.map(loaded => [loaded.commit.key, loaded]))
  const loadedOf = (node: CommitNode) => byKey.get(node.key) as LoadedCommit
  return {
    view,
    commitOf: async node => loadedOf(node).commit,
    bodyOf: async (node, body) => bodyIn(loadedOf(node), body),
  }
}

function bodyIn({ commit, documents }: LoadedCommit, body: CID): Uint8Array {
  const op = commit.ops.find(each => each.body?.equals(body))
  return documents.get(op?.id as string)?.body as Uint8Array
}

function keysOf(clock: readonly string[]) {
  return clock.map(text => cidToKey(parseCid(text)))
}

describe('readChanges', () => {
  it('scenario 28: ends, misses nothing, repeats nothing and shows what is shown, however late commits come', async () => {
    const property = fc.asyncProperty(
      hostileHistory(22).chain(model =>
        fc.record({
          model: fc.constant(model),
          order: fc.shuffledSubarray(model.commits, { minLength: model.commits.length }),
          arrivals: fc.infiniteStream(fc.nat(4)),
          limits: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
          start: fc.array(fc.nat(), { maxLength: 2 }),
        }),
      ),
      async ({ model, order, arrivals, limits, start }) => {
        const waiting = [...order]
        let view = (await applyCommits(View.empty, waiting.splice(0, 5))).view
        // Begins anywhere: what lies before is never delivered.
        const nodes = [...view.history.values()]
        const first = nodes.length === 0 ? [] : start.map(pick => nodes[pick % nodes.length] as CommitNode)
        const delivered = model.closure(first.map(node => node.key))
        const heads = model.heads(delivered).map(key => view.history.get(key)?.cid.toString() as string)
        let clock: readonly string[] = [...heads, ...heads]
        for (let isOver = false; !isOver; ) {
          const limit = limits.next().value as number
          const page = await readChanges(await readerOf(model, view), clock, limit)
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
      if (last !== undefined) expect(order(last, commit)).toBeLessThan(0)
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

  function order(a: LoadedCommit['commit'], b: LoadedCommit['commit']): number {
    return compareNodes({ ...a, parents: [] }, { ...b, parents: [] })
  }

  it('gives everything without a clock, nothing for the newest, and no rows for the limit 0', async () => {
    const model = new HistoryModel()
    model.forge([], [{ id: 'x', prev: [], fields: { n: 1 } }])
    model.forge([0], [{ id: 'x', prev: [0] }])
    const { view } = await applyCommits(View.empty, model.commits)
    const reader = await readerOf(model, view)
    const all = await readChanges(reader, undefined, Number.POSITIVE_INFINITY)
    expect(all.rows.map(row => row.document)).toEqual([{ _id: 'x', n: 1 }, undefined])
    expect(all.clock).toEqual(view.clock)
    expect(await readChanges(reader, view.clock, 10)).toEqual({ rows: [], clock: view.clock })
    expect(await readChanges(reader, [], 0)).toEqual({ rows: [], clock: [] })
  })

  it('leaves a content that does not decode out and goes on behind it', async () => {
    const model = new HistoryModel()
    model.forge([], [{ id: 'x', prev: [], fields: { n: 1 } }])
    model.forge([0], [{ id: 'y', prev: [], fields: { n: 2 } }])
    model.forge([1], [{ id: 'z', prev: [], fields: { n: 3 } }])
    const { view } = await applyCommits(View.empty, model.commits)
    const reader = await readerOf(model, view)
    const damaged: ChangesReader = {
      ...reader,
      bodyOf: async (node, body) => (node.height === 1 ? reader.bodyOf(node, body) : new Uint8Array([1])),
    }
    const first = await readChanges(damaged, undefined, 1)
    expect(first.rows.map(row => row.id)).toEqual(['x'])
    expect(await readChanges(damaged, first.clock, 1)).toEqual({ rows: [], clock: view.clock })
  })

  it('refuses a clock that it does not know', async () => {
    const reader = await readerOf(new HistoryModel(), View.empty)
    await expect(readChanges(reader, [testCid(1).toString()], 1)).rejects.toMatchObject({
      code: 'UNKNOWN_CLOCK',
    })
    await expect(readChanges(reader, 'clock', 1)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
