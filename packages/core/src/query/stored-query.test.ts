import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { DocumentShelf } from '../index/fixtures/document-shelf.js'
import { TestIndexStore } from '../index/fixtures/test-index-store.js'
import type { PlainDocument } from '../state/stored-document.js'
import { countRows } from './count-rows.js'
import {
  expectedRows,
  type OracleIndex,
  type OracleOptions,
  someFields,
  someId,
  someIndex,
  someOptions,
} from './fixtures/query-oracle.js'
import { createLiveQuery } from './live-query.js'
import { parseQuery } from './query-request.js'
import type { LiveQuery } from './query-types.js'
import { runQuery } from './run-query.js'

const someBatch = fc.array(fc.tuple(someId, fc.option(someFields)), { maxLength: 4 })

/** What happens between two queries; several may happen at once. */
const someEvent = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), batch: someBatch }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'persist' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'damage' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'lose packs' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'other history' as const }) },
)

describe('a query over a stored index', () => {
  it('gives what filtering and sorting all rows gives, whatever happened to the index', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someId, someFields), { maxLength: 8 }),
        fc.array(someEvent, { maxLength: 8 }),
        someIndex,
        fc.array(someOptions, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0, 1_000_000),
        async (documents, events, { index, rowsOf }, queries, cacheBytes) => {
          const store = await TestIndexStore.create()
          const shelf = new DocumentShelf(Object.fromEntries(documents), {
            store: store.open(cacheBytes),
            limits: { storedFrom: 0, heavyDocuments: 3, heavyBytes: 1_000_000 },
          })
          const name = typeof index === 'function' ? { name: 'by test' } : {}
          for (const event of [{ kind: 'persist' as const }, ...events]) {
            await happen(shelf, store, event)
            for (const options of queries) {
              const expected = expectedRows(shelf.sorted(), { index, rowsOf }, options)
              const { rows, skipped } = await runQuery(shelf.indexes, index, { ...options, ...name })
              expect(rows).toEqual(
                expected.map(({ key, id, value, document }) => ({ key, id, value, doc: document.copy() })),
              )
              expect(await countRows(shelf.indexes, index, { ...options, ...name })).toBe(expected.length)
              expect(skipped).toBe(expectedSkips(shelf, rowsOf))
            }
          }
          expect(shelf.reported).toEqual([])
          await shelf.indexes.close()
        },
      ),
      { numRuns: runs(25) },
    )
  })

  it('goes on behind a row until every row was given once', async () => {
    const store = await TestIndexStore.create()
    const shelf = new DocumentShelf(numbered(500), { store: store.open() })
    await persisted(shelf, 'n')
    for (let n = 0; n < 500; n += 9) shelf.put(`doc${n}`, { n: 1_000 - n })
    for (const descending of [false, true]) {
      const whole = await runQuery(shelf.indexes, 'n', { descending })
      const paged: unknown[] = []
      for (let after: unknown; ; after = paged.at(-1)) {
        const { rows } = await runQuery(shelf.indexes, 'n', { descending, after, limit: 37 })
        if (rows.length === 0) break
        paged.push(...rows)
      }
      expect(paged).toEqual(whole.rows)
      expect(paged.length).toBe(500)
    }
  })

  it('reads documents that are too large for the index where they are', async () => {
    const store = await TestIndexStore.create()
    const large = { state: 'x', text: 'long '.repeat(2_000) }
    const shelf = new DocumentShelf({ a: large, b: { state: 'x' }, c: large }, { store: store.open(0) })
    await persisted(shelf, 'state')
    await shelf.reopen()
    const { docs } = await runQuery(shelf.indexes, 'state', { limit: 2 })
    expect(docs).toEqual([
      { _id: 'a', ...large },
      { _id: 'b', state: 'x' },
    ])
    expect(shelf.finds).toBe(1)
    await runQuery(shelf.indexes, 'state', { includeDocs: false })
    expect(shelf.finds).toBe(1)
    const live = createLiveQuery(shelf.indexes, parseQuery('state'))
    live.subscribe(() => undefined)
    await settled(live)
    expect(live.getSnapshot().docs.map(doc => String(doc.text).length)).toEqual([10_000, 9, 10_000])
    expect(shelf.listings).toBe(1)
  })

  it('is not disturbed by a fold that replaces the pages it reads', async () => {
    const store = await TestIndexStore.create()
    const shelf = new DocumentShelf(numbered(400), { store: store.open(0) })
    await persisted(shelf, 'n')
    for (let n = 0; n < 400; n += 2) shelf.put(`doc${n}`, { n: n + 0.5 })
    const expected = expectedRows(shelf.sorted(), BY_N, {}).map(({ id }) => id)
    const [result] = await Promise.all([runQuery(shelf.indexes, 'n'), shelf.indexes.persist()])
    expect(result.rows.map(({ id }) => id)).toEqual(expected)
    expect(shelf.listings).toBe(1)
  })
})

describe('a live query over a stored index', () => {
  it('shows after each event what a query from scratch gives, and keeps the rows that did not change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someId, someFields), { maxLength: 8 }),
        fc.array(fc.tuple(someEvent, fc.boolean()), { maxLength: 8 }),
        someIndex,
        someOptions,
        async (documents, events, index, options) => {
          const store = await TestIndexStore.create()
          const shelf = new DocumentShelf(Object.fromEntries(documents), { store: store.open(0) })
          const named = typeof index.index === 'function' ? { ...options, name: 'by test' } : options
          const live = createLiveQuery(shelf.indexes, parseQuery(index.index, named))
          live.subscribe(() => undefined)
          await settled(live)
          let before = new Map<string, unknown>()
          for (const [event, waits] of events) {
            if (event.kind === 'reopen') continue
            const happening = happen(shelf, store, event)
            if (!waits) {
              // A row may leave the window and come back, which is another row.
              before = new Map()
              continue
            }
            await happening
            await settled(live)
            const expected = expectedRows(shelf.sorted(), index, options)
            const { rows, status } = live.getSnapshot()
            expect(status).toBe('ready')
            expect(rows).toEqual(
              expected.map(({ key, id, value, document }) => ({ key, id, value, doc: document.copy() })),
            )
            const places = expected.map(
              ({ id, emit, document }) => `${JSON.stringify([id, emit])}${document.version}`,
            )
            const after = new Map(places.map((place, i) => [place, rows[i]]))
            for (const [place, row] of after) if (before.has(place)) expect(row).toBe(before.get(place))
            before = after
          }
          live.close()
          await shelf.indexes.close()
        },
      ),
      { numRuns: runs(25) },
    )
  })

  it('fills up its window from stored pages while others change and fold the index', async () => {
    const someStep = fc.record({
      id: fc.nat(29),
      n: fc.option(fc.nat(40)),
      persists: fc.boolean(),
      ticks: fc.nat(12),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(someStep, { minLength: 10, maxLength: 40, size: 'max' }),
        fc.record({ limit: fc.integer({ min: 1, max: 4 }), descending: fc.boolean() }),
        async (steps, options) => {
          const store = await TestIndexStore.create()
          const shelf = new DocumentShelf(numbered(30), { store: store.open(0) })
          await persisted(shelf, 'n')
          const expectedByClock = new Map<string, string[]>()
          const note = () =>
            expectedByClock.set(
              shelf.clock.join(),
              expectedRows(shelf.sorted(), BY_N, options).map(({ id }) => id),
            )
          note()
          const live = createLiveQuery(shelf.indexes, parseQuery('n', options))
          const heard: { clock: string; ids: string[] }[] = []
          live.subscribe(({ rows, clock }) =>
            heard.push({ clock: clock.join(), ids: rows.map(({ id }) => id) }),
          )
          await settled(live)
          for (const { id, n, persists, ticks } of steps) {
            if (n === null) shelf.del(`doc${id}`)
            else shelf.put(`doc${id}`, { n })
            note()
            if (persists) void shelf.indexes.persist()
            for (let i = 0; i < ticks; i += 1) await new Promise(resolve => setImmediate(resolve))
          }
          await settled(live)
          expect(live.getSnapshot().status).toBe('ready')
          for (const { clock, ids } of heard) expect(ids).toEqual(expectedByClock.get(clock))
          expect(live.getSnapshot().rows.map(({ id }) => id)).toEqual(expectedByClock.get(shelf.clock.join()))
          await shelf.indexes.close()
        },
      ),
      { numRuns: runs(10) },
    )
  })

  it('fills up a window from stored pages, in the order of the changes, each snapshot of one moment', async () => {
    const store = await TestIndexStore.create()
    const shelf = new DocumentShelf(numbered(300), { store: store.open(0) })
    await persisted(shelf, 'n')
    await shelf.reopen()
    const live = createLiveQuery(shelf.indexes, parseQuery('n', { limit: 5, descending: true }))
    const idsByClock = new Map<string, string[]>()
    const note = () =>
      idsByClock.set(
        shelf.clock.join(),
        expectedRows(shelf.sorted(), BY_N, { limit: 5, descending: true }).map(({ id }) => id),
      )
    live.subscribe(({ rows, clock }) =>
      expect(rows.map(({ id }) => id)).toEqual(idsByClock.get(clock.join())),
    )
    note()
    await settled(live)
    for (let n = 299; n > 250; n -= 1) {
      shelf.del(`doc${n}`)
      note()
      if (n % 3 === 0) await Promise.resolve()
      if (n % 7 === 0) await settled(live)
      if (n === 270) await shelf.indexes.persist()
    }
    await settled(live)
    expect(live.getSnapshot().rows.map(({ id }) => id)).toEqual(idsByClock.get(shelf.clock.join()))
    expect(shelf.listings).toBe(1)
  })
})

type Event = typeof someEvent extends fc.Arbitrary<infer E> ? E : never

async function happen(shelf: DocumentShelf, store: TestIndexStore, event: Event): Promise<void> {
  switch (event.kind) {
    case 'change':
      shelf.change(
        event.batch.map(([id, fields]) => ({
          id,
          document: fields === null ? undefined : shelf.store(id, fields),
        })),
      )
      return
    case 'persist':
      return shelf.indexes.persist()
    case 'reopen':
      return shelf.reopen()
    case 'damage':
      return store.damage('packs')
    case 'lose packs':
      return store.removePacks()
    case 'other history':
      shelf.forgetClocks()
  }
}

/** Builds an index and waits until it is stored. */
async function persisted(shelf: DocumentShelf, index: unknown): Promise<void> {
  await runQuery(shelf.indexes, index, { limit: 0 })
  await shelf.indexes.persist()
}

/** Waits until a live query has nothing more to do; reads of the memory storage take some turns. */
async function settled(_live: LiveQuery<PlainDocument>): Promise<void> {
  for (let i = 0; i < 60; i += 1) await new Promise(resolve => setImmediate(resolve))
}

function expectedSkips(shelf: DocumentShelf, rowsOf: OracleIndex['rowsOf']): number {
  const emitted = shelf.sorted().flatMap(document => rowsOf(document.copy()))
  const all = emitted.filter(({ key }) => key !== undefined).length
  const options: OracleOptions = {}
  return all - expectedRows(shelf.sorted(), { index: '', rowsOf }, options).length
}

const BY_N: OracleIndex = { index: 'n', rowsOf: doc => [{ key: doc.n, value: null }] }

function numbered(count: number): Record<string, { n: number }> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`doc${n}`, { n }]))
}
