import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { DocumentShelf } from '../index/fixtures/document-shelf.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import {
  expectedRows,
  type OracleIndex,
  type OracleOptions,
  type OracleRow,
  someFields,
  someId,
  someIndex,
  someOptions,
} from './fixtures/query-oracle.js'
import { createLiveQuery } from './live-query.js'
import { parseQuery } from './query-request.js'
import type { LiveQuery, LiveSnapshot } from './query-types.js'
import { runQuery } from './run-query.js'

type Live = LiveQuery<PlainDocument>

const someBatch = fc.array(fc.tuple(someId, fc.option(someFields)), { minLength: 1, maxLength: 4 })

describe('a live query', () => {
  it('shows after each batch what a query from scratch gives, and keeps the rows that did not change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someId, someFields), { maxLength: 8 }),
        fc.array(someBatch, { maxLength: 6 }),
        someIndex,
        someOptions,
        fc.nat(9),
        async (documents, batches, index, options, afterRow) => {
          const shelf = new DocumentShelf(Object.fromEntries(documents))
          const after = await nthRow(shelf, index, options, afterRow)
          const live = liveOf(shelf, index.index, { ...options, after: after?.row })
          const heard: LiveSnapshot<PlainDocument>[] = []
          live.subscribe(snapshot => heard.push(snapshot))
          await turn()
          let before = new Map<string, unknown>()
          for (const batch of [[], ...batches]) {
            const shown = live.getSnapshot()
            heard.length = 0
            shelf.change(
              batch.map(([id, fields]) => ({
                id,
                document: fields === null ? undefined : shelf.store(id, fields),
              })),
            )
            const expected = expectedRows(shelf.sorted(), index, options, after?.place)
            const snapshot = live.getSnapshot()
            expect(snapshot.rows).toEqual(
              expected.map(({ key, id, value, document }) => ({ key, id, value, doc: document.copy() })),
            )
            expect(snapshot.docs).toEqual(snapshot.rows.map(row => row.doc))
            const rows = new Map(expected.map((row, i) => [placeOf(row), snapshot.rows[i]]))
            for (const [place, row] of rows) if (before.has(place)) expect(row).toBe(before.get(place))
            const isChanged = !equalKeys(rows, before) && batch.length > 0
            if (isChanged) expect(heard).toEqual([snapshot])
            if (!isChanged && snapshot.skipped === shown.skipped) expect(snapshot).toBe(shown)
            before = rows
          }
          live.close()
        },
      ),
      { numRuns: runs(120) },
    )
  })

  it('follows batches that change more documents than it shows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(fc.tuple(fc.nat(99), fc.option(fc.nat(50))), {
            minLength: 30,
            maxLength: 80,
            size: 'max',
          }),
          { maxLength: 4 },
        ),
        fc.record({ limit: fc.nat(40), descending: fc.boolean() }, { requiredKeys: [] }),
        async (batches, options) => {
          const index: OracleIndex = { index: 'n', rowsOf: doc => [{ key: doc.n, value: null }] }
          const shelf = new DocumentShelf(numbered(50))
          const live = liveOf(shelf, 'n', options)
          live.subscribe(() => undefined)
          await turn()
          for (const batch of batches) {
            shelf.change(
              batch.map(([id, n]) => ({
                id: `doc${id}`,
                document: n === null ? undefined : shelf.store(`doc${id}`, { n }),
              })),
            )
            const expected = expectedRows(shelf.sorted(), index, options)
            expect(idsOf(live)).toEqual(expected.map(({ id }) => id))
          }
        },
      ),
      { numRuns: runs(40) },
    )
  })

  it('does nothing before somebody subscribes, and shows that it is loading', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x' } })
    const live = liveOf(shelf, 'state')
    const loading = live.getSnapshot()
    await turn()
    expect(shelf.listings).toBe(0)
    expect(loading).toEqual({
      rows: [],
      docs: [],
      status: 'loading',
      error: undefined,
      clock: [],
      skipped: 0,
    })
    expect(live.getSnapshot()).toBe(loading)
    live.subscribe(() => undefined)
    expect(live.getSnapshot()).toBe(loading)
    await turn()
    expect(live.getSnapshot()).toMatchObject({ status: 'ready', docs: [{ _id: 'a' }], clock: shelf.clock })
  })

  it('says that it is ready when there is nothing to show', async () => {
    const live = liveOf(new DocumentShelf(), 'nobody')
    let calls = 0
    live.subscribe(() => (calls += 1))
    await turn()
    expect(live.getSnapshot()).toMatchObject({ status: 'ready', rows: [] })
    expect(calls).toBe(1)
  })

  it('loses no batch that arrives while it loads', async () => {
    const shelf = new DocumentShelf(numbered(300))
    const live = liveOf(shelf, 'n', { range: [-10, 10], descending: true })
    live.subscribe(() => undefined)
    for (let i = 1; i <= 5; i += 1) {
      await Promise.resolve()
      shelf.put(`doc${i}`, { n: -i })
      shelf.put(`doc${200 + i}`, { n: 0.5 * i })
    }
    await turn()
    const index: OracleIndex = { index: 'n', rowsOf: doc => [{ key: doc.n, value: null }] }
    const expected = expectedRows(shelf.sorted(), index, { range: [-10, 10], descending: true })
    expect(idsOf(live)).toEqual(expected.map(({ id }) => id))
  })

  it('stays silent when a batch does not touch its rows, and maps each changed document once', async () => {
    const shelf = new DocumentShelf(numbered(20))
    let mapped = 0
    const map = (doc: PlainDocument) => {
      mapped += 1
      return doc.n
    }
    const [first, second] = [liveOf(shelf, map, { key: 3 }), liveOf(shelf, map, { limit: 2 })]
    let calls = 0
    for (const live of [first, second]) live.subscribe(() => (calls += 1))
    await turn()
    const shown = [first.getSnapshot(), second.getSnapshot()]
    mapped = 0
    calls = 0
    shelf.put('doc9', { n: 9, more: true })
    shelf.change([{ id: 'doc3', document: shelf.sorted().find(({ id }) => id === 'doc3') }])
    expect([first.getSnapshot(), second.getSnapshot()]).toEqual(shown)
    expect(first.getSnapshot()).toBe(shown[0])
    expect(second.getSnapshot()).toBe(shown[1])
    expect(calls).toBe(0)
    expect(mapped).toBe(1)
  })

  it('keeps rows without documents that a new version leaves equal', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x', n: 1 }, b: { state: 'y' } })
    const live = liveOf(shelf, 'state', { includeDocs: false })
    live.subscribe(() => undefined)
    await turn()
    const shown = live.getSnapshot()
    shelf.put('a', { state: 'x', n: 2 })
    expect(live.getSnapshot()).toBe(shown)
    shelf.put('a', { state: 'z', n: 2 })
    expect(live.getSnapshot().rows).toStrictEqual([
      { key: 'y', id: 'b', value: null },
      { key: 'z', id: 'a', value: null },
    ])
    expect(live.getSnapshot().docs).toEqual([])
  })

  it('shares frozen documents with the other live queries', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x', deep: { list: [1] } } })
    const [first, second] = [liveOf(shelf, 'state'), liveOf(shelf, '_id')]
    for (const live of [first, second]) live.subscribe(() => undefined)
    await turn()
    const doc = first.getSnapshot().docs[0] as unknown as { deep: { list: number[] } }
    expect(second.getSnapshot().docs[0]).toBe(doc)
    expect(() => doc.deep.list.push(2)).toThrow(TypeError)
    expect(() => (first.getSnapshot().rows as unknown[]).pop()).toThrow(TypeError)
  })

  it('reports a listener that throws and goes on with the others', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x' } })
    const live = liveOf(shelf, 'state')
    const reported: unknown[] = []
    const { reportError } = globalThis
    globalThis.reportError = error => reported.push(error)
    try {
      const broken = new Error('broken listener')
      live.subscribe(() => {
        throw broken
      })
      let calls = 0
      live.subscribe(() => (calls += 1))
      await turn()
      shelf.put('b', { state: 'y' })
      expect(calls).toBe(2)
      expect(reported).toEqual([broken, broken])
      expect(idsOf(live)).toEqual(['a', 'b'])
    } finally {
      globalThis.reportError = reportError
    }
  })

  it('stops with its last subscriber and catches up when there is one again', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x' }, b: { state: 'y' } })
    const live = liveOf(shelf, 'state')
    const stops = [live.subscribe(() => undefined), live.subscribe(() => undefined)]
    await turn()
    const shown = live.getSnapshot()
    stops[0]?.()
    stops[0]?.()
    shelf.put('c', { state: 'z' })
    expect(idsOf(live)).toEqual(['a', 'b', 'c'])
    stops[1]?.()
    shelf.del('a')
    expect(idsOf(live)).toEqual(['a', 'b', 'c'])
    let calls = 0
    live.subscribe(() => (calls += 1))
    expect(idsOf(live)).toEqual(['a', 'b', 'c'])
    await turn()
    expect(idsOf(live)).toEqual(['b', 'c'])
    expect(live.getSnapshot().rows[0]).toBe(shown.rows[1])
    expect(calls).toBe(1)
  })

  it('starts once for two subscriptions in one turn, and not at all for one that is undone at once', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x' } })
    const live = liveOf(shelf, 'state')
    live.subscribe(() => undefined)()
    let calls = 0
    live.subscribe(() => (calls += 1))
    live.subscribe(() => (calls += 1))
    await turn()
    expect(shelf.listings).toBe(1)
    expect(calls).toBe(2)
  })

  it('ends when it is closed', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x' } })
    const live = liveOf(shelf, 'state')
    let calls = 0
    live.subscribe(() => (calls += 1))
    await turn()
    live.close()
    live.close()
    shelf.put('b', { state: 'y' })
    await turn()
    expect(calls).toBe(1)
    expect(idsOf(live)).toEqual(['a'])
    expect(() => live.subscribe(() => undefined)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })

  it('shows the error of a map function that captured another variable, and leaves it at that', async () => {
    const shelf = new DocumentShelf(numbered(5))
    const plus = (more: number) => (doc: { n: number }) => doc.n + more
    await runQuery(shelf.indexes, plus(1))
    const live = liveOf(shelf, plus(2))
    live.subscribe(() => undefined)
    await turn()
    expect(live.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'INVALID_QUERY' }, rows: [] })
    const shown = live.getSnapshot()
    shelf.put('doc1', { n: 1 })
    await turn()
    expect(live.getSnapshot()).toBe(shown)
  })

  it('tries again at the next change when it could not load', async () => {
    const shelf = new DocumentShelf(numbered(5))
    const listDocuments = shelf.documents.bind(shelf)
    shelf.documents = (): StoredDocument[] => {
      throw new Error('no page')
    }
    const live = liveOf(shelf, 'n')
    live.subscribe(() => undefined)
    await turn()
    expect(live.getSnapshot()).toMatchObject({ status: 'error', error: { code: 'INTERNAL' } })
    shelf.documents = listDocuments
    shelf.put('doc1', { n: 100 })
    await turn()
    expect(live.getSnapshot()).toMatchObject({ status: 'ready', error: undefined })
    expect(idsOf(live)).toEqual(['doc0', 'doc2', 'doc3', 'doc4', 'doc1'])
  })

  it('tells of a change of `skipped` without replacing the rows', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x' } })
    const live = liveOf(shelf, 'state')
    live.subscribe(() => undefined)
    await turn()
    const shown = live.getSnapshot()
    shelf.put('b', { state: {} })
    expect(live.getSnapshot()).toMatchObject({ skipped: 1, clock: shelf.clock })
    expect(live.getSnapshot().rows).toBe(shown.rows)
    expect(live.getSnapshot().docs).toBe(shown.docs)
  })

  it('holds its index, which others cannot push out of memory', async () => {
    const shelf = new DocumentShelf(numbered(5), { capacity: 1 })
    const maps = [1, 2, 3].map(n => new Function('doc', `return doc.n + ${n}`))
    const live = liveOf(shelf, maps[0])
    const stop = live.subscribe(() => undefined)
    await turn()
    for (const map of maps.slice(1)) await runQuery(shelf.indexes, map)
    await runQuery(shelf.indexes, maps[0])
    expect(shelf.listings).toBe(3)
    stop()
    for (const map of maps.slice(1)) await runQuery(shelf.indexes, map)
    await runQuery(shelf.indexes, maps[0])
    expect(shelf.listings).toBeGreaterThan(4)
  })
})

function liveOf(shelf: DocumentShelf, index: unknown, options?: unknown): Live {
  return createLiveQuery(shelf.indexes, parseQuery(index, options))
}

/** One turn of the event loop: everything that waits for promises only has run after it. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

function idsOf(live: Live): string[] {
  return live.getSnapshot().rows.map(({ id }) => id)
}

function numbered(count: number): Record<string, { n: number }> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`doc${n}`, { n }]))
}

/** A real row to go on behind, and what the oracle calls it; none for numbers beyond the rows. */
async function nthRow(shelf: DocumentShelf, index: OracleIndex, options: OracleOptions, n: number) {
  const { limit: _, ...unlimited } = options
  const { rows } = await runQuery(shelf.indexes, index.index, unlimited)
  const place = expectedRows(shelf.sorted(), index, unlimited)[n]
  return place === undefined ? undefined : { row: rows[n], place }
}

/** Equal for rows that must stay one object: same place in the index, same version of the document. */
function placeOf({ key, id, emit, document }: OracleRow): string {
  return JSON.stringify([
    key instanceof Uint8Array ? [...key, 'bytes'] : key,
    id,
    emit,
    document.version.toString(),
  ])
}

function equalKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((key, i) => key === [...b.keys()][i])
}
