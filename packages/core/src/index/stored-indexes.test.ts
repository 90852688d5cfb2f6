import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { runQuery } from '../query/run-query.js'
import type { PlainDocument } from '../state/stored-document.js'
import { DocumentShelf, type Fields, type ShelfOptions } from './fixtures/document-shelf.js'
import { TestIndexStore } from './fixtures/test-index-store.js'

describe('a stored index', () => {
  it('is opened without calling its map function for documents that it knows', async () => {
    const { shelf } = await shelfOf(numbered(300))
    const calls = new Calls()
    await persisted(shelf, calls.map, { name: 'by n' })
    await shelf.reopen()
    calls.count = 0
    shelf.put('doc7', { n: -7 })
    shelf.del('doc8')
    shelf.put('new', { n: 1_000 })
    expect(await keysOf(shelf, calls.map, { name: 'by n', limit: 3 })).toEqual([-7, 0, 1])
    expect(await keysOf(shelf, calls.map, { name: 'by n', limit: 1, descending: true })).toEqual([1_000])
    expect(calls.count).toBe(2)
    expect(shelf.listings).toBe(1)
    await keysOf(shelf, 'n')
    await shelf.indexes.persist()
    expect(shelf.storeOpenings).toBe(2)
  })

  it('is caught up with what changed before it was opened, and folded without being made anew', async () => {
    const { shelf } = await shelfOf(numbered(300))
    await persisted(shelf, 'n')
    for (let round = 1; round <= 5; round += 1) {
      await shelf.reopen()
      shelf.put(`doc${round}`, { n: -round })
      shelf.del(`doc${100 + round}`)
      expect((await keysOf(shelf, 'n', { limit: round })).toSorted()).toEqual(
        Array.from({ length: round }, (_, i) => -i - 1).toSorted(),
      )
      await shelf.indexes.persist()
    }
    expect(await keysOf(shelf, 'n')).toHaveLength(295)
    expect(shelf.listings).toBe(1)
  })

  it('reads only the pages of the rows that it returns', async () => {
    const { shelf, store } = await shelfOf(wide(2_000), { cacheBytes: 0 })
    await persisted(shelf, 'n')
    const all = await readsOf(store, () => keysOf(shelf, 'n'))
    expect(all).toBeGreaterThan(100)
    for (const descending of [false, true]) {
      await shelf.reopen()
      expect(await readsOf(store, () => keysOf(shelf, 'n', { limit: 10, descending }))).toBeLessThan(20)
    }
    expect(await readsOf(store, () => keysOf(shelf, 'n', { range: [700, 719] }))).toBeLessThan(20)
    expect(await readsOf(store, () => keysOf(shelf, 'n', { limit: 0 }))).toBe(0)
  })

  it('is written in proportion to what changed', async () => {
    const { shelf, store } = await shelfOf(wide(2_000))
    await persisted(shelf, 'n')
    const whole = store.bytesWritten
    shelf.put('doc1000', { n: 1_000.5 })
    await shelf.indexes.persist()
    expect(store.bytesWritten - whole).toBeLessThan(whole / 10)
  })

  it('stays small over many folds: packs are merged, and what is dead goes', async () => {
    const { shelf, store } = await shelfOf(wide(300))
    await persisted(shelf, 'n')
    const before = await store.size()
    for (let round = 0; round < 40; round += 1) {
      for (let i = 0; i < 5; i += 1) {
        const n = (round * 37 + i * 61) % 300
        shelf.put(`doc${n}`, { n: n + round / 100, text: `${round} `.repeat(100) })
      }
      await shelf.indexes.persist()
    }
    expect((await store.keys()).length).toBeLessThan(10)
    expect(await store.size()).toBeLessThan(before * 2)
    await shelf.reopen()
    expect(await keysOf(shelf, 'n')).toEqual(
      shelf
        .sorted()
        .map(numberOf)
        .toSorted((a, b) => a - b),
    )
    expect(shelf.listings).toBe(1)
  })

  it.each(['damaged', 'missing', 'a damaged record'])('is made anew, once, when it is %s', async what => {
    const { shelf, store } = await shelfOf(numbered(200))
    await persisted(shelf, 'n')
    await shelf.reopen()
    if (what === 'damaged') await store.damage('packs')
    if (what === 'missing') await store.removePacks()
    if (what === 'a damaged record') await store.damage('records')
    const answers = await Promise.all([keysOf(shelf, 'n', { limit: 2 }), keysOf(shelf, 'n', { key: 150 })])
    expect(answers).toEqual([[0, 1], [150]])
    expect(shelf.listings).toBe(2)
    await shelf.indexes.persist()
    await shelf.reopen()
    expect(await keysOf(shelf, 'n', { limit: 2 })).toEqual([0, 1])
    expect(shelf.listings).toBe(2)
  })

  it('is made anew when it covers a state that the database does not know', async () => {
    const { shelf } = await shelfOf(numbered(200))
    await persisted(shelf, 'n')
    shelf.forgetClocks()
    await shelf.reopen()
    expect(await keysOf(shelf, 'n', { limit: 2 })).toEqual([0, 1])
    expect(shelf.listings).toBe(2)
  })

  it('stays in memory where it cannot be stored, and no query fails for it', async () => {
    const { shelf, store } = await shelfOf(numbered(500))
    store.failure = new FirekeepError('QUOTA_EXCEEDED', 'full')
    await persisted(shelf, 'n')
    shelf.put('doc1', { n: -1 })
    expect(await keysOf(shelf, 'n', { limit: 2 })).toEqual([-1, 0])
    expect(await store.keys()).toEqual([])
    store.failure = undefined
    await shelf.indexes.persist()
    await shelf.reopen()
    expect(await keysOf(shelf, 'n')).toHaveLength(500)
    expect(shelf.listings).toBe(1)
    expect(shelf.reported).toEqual([])
  })

  it('leaves nothing behind of a fold that failed', async () => {
    const { shelf, store } = await shelfOf(numbered(200))
    await persisted(shelf, 'n')
    const before = await store.keys()
    shelf.put('doc1', { n: -1 })
    store.failure = new FirekeepError('STORAGE_FAILED', 'no')
    await shelf.indexes.persist()
    expect(await store.keys()).toEqual(before)
    expect(await keysOf(shelf, 'n', { limit: 2 })).toEqual([-1, 0])
  })

  it('is folded in parts while it is built, so that memory stays bounded', async () => {
    const { shelf } = await shelfOf(numbered(1_000))
    await persisted(shelf, 'n')
    await shelf.reopen()
    expect(await keysOf(shelf, 'n')).toEqual(Array.from({ length: 1_000 }, (_, n) => n))
    expect(shelf.listings).toBe(1)
  })

  it('is shared by tabs: the record written last wins, and nobody reads wrong rows or builds again', async () => {
    const store = await TestIndexStore.create()
    const tabs = [1, 2].map(() => new DocumentShelf(numbered(200), { store: store.open(0) }))
    for (const tab of tabs) await persisted(tab, 'n')
    for (let round = 1; round <= 3; round += 1) {
      for (const tab of tabs) {
        tab.put(`doc${round}`, { n: -round })
        tab.put(`doc${100 + round}`, { n: 1_000 })
      }
      for (const tab of tabs) await tab.indexes.persist()
      for (const tab of tabs) {
        expect(await keysOf(tab, 'n', { limit: 1 })).toEqual([-round])
        expect(await keysOf(tab, 'n', { key: 1_000 })).toHaveLength(round)
      }
    }
    expect(tabs.map(tab => tab.listings)).toEqual([1, 0])
  })

  it('of few documents, or of an unnamed function, is in memory only', async () => {
    const { shelf, store } = await shelfOf(numbered(200))
    await persisted(shelf, (doc: PlainDocument) => doc.n)
    expect(await store.keys()).toEqual([])
    const few = new DocumentShelf(numbered(99), {
      store: store.open(),
      limits: { storedFrom: 100, heavyDocuments: 1_000, heavyBytes: 1_000_000 },
    })
    await persisted(few, 'n')
    expect(await store.keys()).toEqual([])
    few.put('another', { n: -1 })
    for (let n = 0; n < 5; n += 1) few.put(`more${n}`, { n })
    await persisted(few, 'n')
    expect(await store.keys()).not.toEqual([])
  })

  it('gives what a map function emits as it was emitted, from memory and from the store alike', async () => {
    const { shelf } = await shelfOf({ a: { n: 1 }, b: { n: 2 }, c: { n: 3 } })
    const values = [
      { at: new Date(0), bytes: new Uint8Array([1, 2]), none: undefined, list: [null, -0] },
      undefined,
    ]
    const map = (doc: PlainDocument, emit: (key: unknown, value: unknown) => void) => {
      emit(doc.n, doc.n === 3 ? () => 1 : values[Number(doc.n) - 1])
    }
    const expected = {
      rows: [
        { value: { at: '1970-01-01T00:00:00.000Z', bytes: new Uint8Array([1, 2]), list: [null, 0] } },
        { value: null },
      ],
      skipped: 1,
    }
    expect(await runQuery(shelf.indexes, map, { name: 'm' })).toMatchObject(expected)
    expect(shelf.reported).toMatchObject([{ code: 'INVALID_QUERY', cause: { code: 'INVALID_DOCUMENT' } }])
    await shelf.indexes.persist()
    expect(await runQuery(shelf.indexes, map, { name: 'm' })).toMatchObject(expected)
    await shelf.reopen()
    expect(await runQuery(shelf.indexes, map, { name: 'm' })).toMatchObject(expected)
    expect(shelf.listings).toBe(1)
  })
})

describe('a stored index of a map function', () => {
  it('is used by a function of another text that gives the same rows, after a check on a sample', async () => {
    const { shelf } = await shelfOf(numbered(300))
    await persisted(shelf, (doc: PlainDocument) => doc.n, { name: 'by n' })
    await shelf.reopen()
    let calls = 0
    const other = (doc: { n: number }) => {
      calls += 1
      return doc.n + 0
    }
    expect(await keysOf(shelf, other, { name: 'by n', limit: 2 })).toEqual([0, 1])
    expect(calls).toBeGreaterThan(0)
    expect(calls).toBeLessThanOrEqual(16)
    calls = 0
    shelf.put('doc1', { n: -1 })
    await shelf.indexes.persist()
    await shelf.reopen()
    expect(await keysOf(shelf, other, { name: 'by n', limit: 2 })).toEqual([-1, 0])
    expect(calls).toBe(1)
  })

  it('is refused to a function that gives other rows, until the version is raised', async () => {
    const { shelf } = await shelfOf(numbered(300))
    await persisted(shelf, (doc: PlainDocument) => doc.n, { name: 'by n' })
    const negative = (doc: { n: number }) => -doc.n
    for (let opening = 0; opening < 2; opening += 1) {
      await expect(keysOf(shelf, negative, { name: 'by n' })).rejects.toMatchObject({ code: 'INVALID_QUERY' })
      expect(await keysOf(shelf, (doc: PlainDocument) => doc.n, { name: 'by n', limit: 1 })).toEqual([0])
      await shelf.reopen()
    }
    expect(await keysOf(shelf, negative, { name: 'by n', version: 2, limit: 1 })).toEqual([-299])
  })

  it('is refused to a function that gives rows where it has none', async () => {
    const { shelf } = await shelfOf(numbered(100))
    const above = (least: number) => (doc: { n: number }) => (doc.n > least ? doc.n : undefined)
    await persisted(shelf, above(1_000), { name: 'above' })
    await shelf.reopen()
    expect(await keysOf(shelf, above(1_000), { name: 'above' })).toEqual([])
    await expect(keysOf(shelf, above(20), { name: 'above' })).rejects.toMatchObject({ code: 'INVALID_QUERY' })
  })
})

interface Opened {
  readonly shelf: DocumentShelf
  readonly store: TestIndexStore
}

async function shelfOf(
  documents: Readonly<Record<string, Fields>>,
  { cacheBytes, ...options }: ShelfOptions & { cacheBytes?: number } = {},
): Promise<Opened> {
  const store = await TestIndexStore.create()
  return { store, shelf: new DocumentShelf(documents, { ...options, store: store.open(cacheBytes) }) }
}

async function keysOf(shelf: DocumentShelf, index: unknown, options = {}): Promise<unknown[]> {
  const { rows } = await runQuery(shelf.indexes, index, options)
  return rows.map(({ key }) => key)
}

/** Builds an index and waits until it is stored. */
async function persisted(shelf: DocumentShelf, index: unknown, options = {}): Promise<void> {
  await runQuery(shelf.indexes, index, { ...options, limit: 0 })
  await shelf.indexes.persist()
}

async function readsOf(store: TestIndexStore, read: () => Promise<unknown>): Promise<number> {
  const before = store.reads
  await read()
  return store.reads - before
}

function numberOf(document: { copy(): PlainDocument }): number {
  return Number(document.copy().n)
}

function numbered(count: number): Record<string, { n: number }> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`doc${n}`, { n }]))
}

/** Documents of which about twenty fill a page. */
function wide(count: number): Record<string, Fields> {
  const documents = Object.entries(numbered(count))
  return Object.fromEntries(documents.map(([id, fields]) => [id, { ...fields, text: 'text '.repeat(60) }]))
}

class Calls {
  count = 0
  readonly map = (doc: PlainDocument): unknown => {
    this.count += 1
    return doc.n
  }
}
