import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { OrderedMap } from '../primitives/ordered-map.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import { parseDefinition } from './definition.js'
import { DocumentShelf } from './fixtures/document-shelf.js'
import type { IndexEntry, IndexRow } from './index-entry.js'
import { IndexSet } from './index-set.js'
import type { IndexSnapshot } from './index-snapshot.js'

describe('an index set', () => {
  it('builds an index once, however many ask for it at the same time', async () => {
    const shelf = new DocumentShelf(manyDocuments(200))
    const calls = new CallCounter()
    const snapshots = await Promise.all([1, 2, 3].map(() => read(shelf, calls.map)))
    expect(snapshots.map(({ entries }) => entries.size)).toEqual([200, 200, 200])
    expect(shelf.listings).toBe(1)
    expect(calls.total).toBe(200)
  })

  it('gives way to others while it builds', async () => {
    const shelf = new DocumentShelf(manyDocuments(1_000))
    await read(shelf, 'n')
    expect(shelf.pauses).toBeGreaterThan(10)
  })

  it('maps only what changed, when it is read next', async () => {
    const shelf = new DocumentShelf(manyDocuments(100))
    const calls = new CallCounter()
    await read(shelf, calls.map)
    calls.total = 0
    for (let i = 0; i < 5; i += 1) shelf.put('doc7', { n: i })
    shelf.del('doc8')
    expect(calls.total).toBe(0)
    const { entries } = await read(shelf, calls.map)
    expect(calls.total).toBe(1)
    expect(entries.size).toBe(99)
    expect(shelf.listings).toBe(1)
    await read(shelf, calls.map)
    expect(calls.total).toBe(1)
  })

  it('misses no document that changes while it is built, and maps no version twice', async () => {
    const shelf = new DocumentShelf(manyDocuments(500))
    const mapped: string[] = []
    const reading = read(shelf, (doc: PlainDocument) => {
      mapped.push(`${doc._id} ${String(doc.n)}`)
      if (mapped.length === 100) {
        shelf.put('doc1', { n: -1 })
        shelf.put('doc499', { n: -499 })
        shelf.put('new', { n: 5_000 })
        shelf.del('doc2')
        shelf.del('doc498')
      }
      return doc.n
    })
    const { entries } = await reading
    const keys = [...entries.values()].map(({ key }) => key as number).sort((a, b) => a - b)
    const expected = Array.from({ length: 500 }, (_, i) => i).filter(i => ![1, 2, 498, 499].includes(i))
    expect(keys).toEqual([-499, -1, ...expected, 5_000])
    expect(new Set(mapped).size).toBe(mapped.length)
    expect(mapped).not.toContain('doc499 499')
  })

  it('hands out snapshots that stay as they are while it goes on', async () => {
    const shelf = new DocumentShelf(manyDocuments(100))
    const before = await read(shelf, 'n')
    shelf.put('doc1', { n: 1_000 })
    shelf.del('doc2')
    const after = await read(shelf, 'n')
    expect(before.entries.size).toBe(100)
    expect([...before.entries.values()].map(({ key }) => key)).not.toContain(1_000)
    expect(after.entries.size).toBe(99)
    expect(await read(shelf, 'n')).toEqual(after)
  })

  it('leaves out objects, keys that are too long and damaged documents, counts them, and uncounts them', async () => {
    const shelf = new DocumentShelf({
      a: { n: {} },
      b: { n: 'x'.repeat(5_000) },
      c: { n: 1 },
      d: { other: 1 },
    })
    shelf.change([{ id: 'e', document: shelf.storeDamaged('e') }])
    expect(await read(shelf, 'n')).toMatchObject({ skipped: 3, entries: { size: 1 } })
    shelf.put('a', { n: 2 })
    shelf.del('b')
    shelf.put('e', { n: 3 })
    expect(await read(shelf, 'n')).toMatchObject({ skipped: 0, entries: { size: 3 } })
    shelf.put('c', { n: [{}] })
    expect(await read(shelf, 'n')).toMatchObject({ skipped: 1, entries: { size: 2 } })
  })

  it('answers a query on a field that nobody has', async () => {
    expect(await read(new DocumentShelf(manyDocuments(3)), 'nobody')).toMatchObject({
      skipped: 0,
      entries: { size: 0 },
    })
  })

  it('leaves out a document that the map function throws for, counts it, and reports the first', async () => {
    const shelf = new DocumentShelf({ a: {}, b: { author: { name: 'Ann' } }, c: {} })
    const snapshot = await read(shelf, (doc: { author: { name: string } }) => doc.author.name)
    expect(snapshot).toMatchObject({ skipped: 2, entries: { size: 1 } })
    expect(shelf.reported).toMatchObject([
      { code: 'INVALID_QUERY', details: { id: 'a' }, cause: expect.any(TypeError) },
    ])
  })

  it('gives the map function a copy, so that changing it or what was emitted changes nothing', async () => {
    const shelf = new DocumentShelf({ a: { tags: ['x'] } })
    const kept: { tags: string[] }[] = []
    const { entries } = await read(
      shelf,
      (doc: { tags: string[] }, emit: (key: unknown, value: unknown) => void) => {
        kept.push(doc)
        emit(doc.tags, doc)
        doc.tags.push('y')
      },
    )
    kept[0]?.tags.push('z')
    const [entry] = [...entries.values()]
    expect(entry).toMatchObject({ key: ['x'], value: { tags: ['x'] } })
    expect(Object.isFrozen(entry?.key)).toBe(true)
    expect(entry?.document?.copy()).toEqual({ _id: 'a', tags: ['x'] })
  })

  it('tries a build that failed again at the next query', async () => {
    const source = new FailingSource()
    const indexes = new IndexSet({ source, pace: { now: () => 0, pause: async () => undefined } })
    const definition = parseDefinition('n')
    const index = indexes.acquire(definition)
    await expect(index.ready(definition)).rejects.toThrow('no page')
    indexes.release(index)
    source.isBroken = false
    const second = indexes.acquire(definition)
    await second.ready(definition)
    expect((await readAll(second.read())).entries.size).toBe(0)
  })

  it('builds again when a block of the documents was dropped meanwhile, but not for ever', async () => {
    const shelf = new DocumentShelf(manyDocuments(100))
    const listDocuments = shelf.documents.bind(shelf)
    let losses = 1
    shelf.documents = function* () {
      const documents = [...listDocuments()]
      yield* documents.slice(0, 80)
      losses -= 1
      if (losses >= 0) throw new FirekeepError('BLOCK_MISSING', 'its pack is gone')
      yield* documents.slice(80)
    }
    expect((await read(shelf, 'n')).entries.size).toBe(100)
    expect(shelf.listings).toBe(2)
    losses = 100
    await expect(read(shelf, '_id')).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })

  it('ends a build with CLOSED when it is closed, and takes no more queries', async () => {
    const shelf = new DocumentShelf(manyDocuments(500))
    const reading = read(shelf, 'n')
    shelf.indexes.close()
    await expect(reading).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(read(shelf, 'n')).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('the indexes of map functions', () => {
  it('are shared by functions of equal text after a check on at most 16 documents', async () => {
    const shelf = new DocumentShelf(manyDocuments(500))
    const calls = new CallCounter()
    const make = () => (doc: PlainDocument) => calls.count(doc.n)
    await read(shelf, make())
    calls.total = 0
    const second = make()
    await read(shelf, second)
    expect(shelf.listings).toBe(1)
    expect(calls.total).toBeGreaterThan(0)
    expect(calls.total).toBeLessThanOrEqual(16)
    calls.total = 0
    await read(shelf, second)
    expect(calls.total).toBe(0)
    shelf.put('doc1', { n: -1 })
    await read(shelf, second)
    expect(calls.total).toBe(1)
  })

  it('are refused to a function of equal text whose captured variable gives other keys', async () => {
    const shelf = new DocumentShelf(manyDocuments(100))
    const byRest = (rest: number) => (doc: { n: number }) => (doc.n % 7 === rest ? doc.n : undefined)
    await read(shelf, byRest(3))
    await expect(read(shelf, byRest(4))).rejects.toMatchObject({ code: 'INVALID_QUERY' })
    await expect(read(shelf, byRest(9))).rejects.toMatchObject({ code: 'INVALID_QUERY' })
    expect((await read(shelf, byRest(3))).entries.size).toBe(14)
  })

  it('are refused to a function of equal text that gives keys where the first gave none, or other values', async () => {
    const shelf = new DocumentShelf(manyDocuments(100))
    const above = (least: number) => (doc: { n: number }) => (doc.n > least ? doc.n : undefined)
    await read(shelf, above(1_000))
    await expect(read(shelf, above(20))).rejects.toMatchObject({ code: 'INVALID_QUERY' })
    const scaled = (by: number) => (doc: { n: number }, emit: (key: number, value: unknown) => void) =>
      emit(doc.n, { scaled: doc.n * by })
    await read(shelf, scaled(2))
    await expect(read(shelf, scaled(3))).rejects.toMatchObject({ code: 'INVALID_QUERY' })
  })

  it('go on checking a function that was let in before there were documents', async () => {
    const shelf = new DocumentShelf()
    const plus = (more: number) => (doc: { n: number }) => doc.n + more
    await read(shelf, plus(1))
    const other = plus(2)
    await read(shelf, other)
    shelf.put('a', { n: 1 })
    await expect(read(shelf, other)).rejects.toMatchObject({ code: 'INVALID_QUERY' })
  })

  it('are shared by name and version whatever the text, after the same check', async () => {
    const shelf = new DocumentShelf(manyDocuments(100))
    await read(shelf, (doc: { n: number }) => doc.n, { name: 'by n' })
    await read(shelf, (document: { n: number }) => 1 * document.n, { name: 'by n' })
    expect(shelf.listings).toBe(1)
    const negative = (doc: { n: number }) => -doc.n
    await expect(read(shelf, negative, { name: 'by n' })).rejects.toMatchObject({ code: 'INVALID_QUERY' })
    await read(shelf, negative, { name: 'by n', version: 2 })
    expect(shelf.listings).toBe(2)
  })

  it('are forgotten when there are too many, the longest unused first, but never a field or a held one', async () => {
    const shelf = new DocumentShelf(manyDocuments(5), { capacity: 2 })
    const maps = [1, 2, 3, 4].map(n => new Function('doc', `return doc.n + ${n}`))
    const held = parseDefinition(maps[0])
    const heldIndex = shelf.indexes.acquire(held)
    await heldIndex.ready(held)
    for (const index of ['n', ...maps]) await read(shelf, index)
    expect(shelf.listings).toBe(5)
    for (const index of ['n', maps[0], maps[2], maps[3]]) await read(shelf, index)
    expect(shelf.listings).toBe(5)
    await read(shelf, maps[1])
    expect(shelf.listings).toBe(6)
    shelf.put('doc0', { n: 100 })
    const { entries } = await readAll(heldIndex.read())
    expect([...entries.values()].map(({ key }) => key)).toContain(101)
  })
})

/** All rows of an index at one moment. */
interface WholeIndex {
  readonly entries: OrderedMap<IndexEntry>
  readonly skipped: number
}

async function read(shelf: DocumentShelf, index: unknown, naming = {}): Promise<WholeIndex> {
  const definition = parseDefinition(index, naming)
  const shared = shelf.indexes.acquire(definition)
  try {
    await shared.ready(definition)
    return await readAll(shared.read())
  } finally {
    shelf.indexes.release(shared)
  }
}

async function readAll(snapshot: IndexSnapshot | undefined): Promise<WholeIndex> {
  const rows: IndexRow[] = []
  await snapshot?.read({}, row => rows.push(row) > 0)
  return { entries: OrderedMap.from(rows), skipped: await (snapshot?.skipped ?? 0) }
}

function manyDocuments(count: number): Record<string, { n: number }> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`doc${n}`, { n }]))
}

class CallCounter {
  total = 0
  readonly map = (doc: PlainDocument) => this.count(doc.n)

  count(key: unknown): unknown {
    this.total += 1
    return key
  }
}

class FailingSource {
  readonly clock = []
  isBroken = true

  finder() {
    return () => undefined
  }

  async changedSince(): Promise<undefined> {}

  documents(): Iterable<StoredDocument> {
    if (this.isBroken) throw new Error('no page')
    return []
  }
}
