import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { DocumentShelf } from '../index/fixtures/document-shelf.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import { OrderedMap } from '../primitives/ordered-map.js'
import { allDocs, type DocsEntry, type DocsReader } from './all-docs.js'
import { expectedRows, type OracleOptions, someId } from './fixtures/query-oracle.js'

const BY_ID = {
  index: '_id',
  rowsOf: (doc: Readonly<Record<string, unknown>>) => [{ key: doc._id, value: doc }],
}

const choice: fc.Arbitrary<OracleOptions> = fc.oneof(
  fc.constant({}),
  fc.record({ key: someId }),
  fc.record({ keys: fc.array(someId, { maxLength: 4 }) }),
  fc.record({ range: fc.tuple(someId, someId) }),
  fc.record({ prefix: fc.constantFrom('', 'a', 'a\0', '\u{1f600}') }),
)
const rest = fc.record({ limit: fc.nat(4), descending: fc.boolean() }, { requiredKeys: [] })

describe('allDocs', () => {
  it('lists what filtering and sorting all ids gives, and goes on behind a row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(someId), choice, rest, async (ids, chosen, others) => {
        const shelf = new DocumentShelf(Object.fromEntries(ids.map(id => [id, { of: id }])))
        const options = { ...chosen, ...others }
        const expected = expectedRows(shelf.sorted(), BY_ID, options).map(({ id }) => id)
        const { rows, docs, clock } = await allDocs(readerOf(shelf), options)
        const expectedDocs = expected.map(id => ({ _id: id, of: id }))
        expect(rows).toEqual(expectedDocs.map(doc => ({ key: doc._id, id: doc._id, value: doc, doc })))
        expect(docs).toEqual(expectedDocs)
        expect(clock).toBe(shelf.clock)
        const whole = await allDocs(readerOf(shelf), { ...options, limit: undefined })
        const [first, ...behind] = whole.rows.map(({ id }) => id)
        if (first === undefined) return
        const next = await allDocs(readerOf(shelf), {
          ...options,
          limit: undefined,
          after: { key: first, id: first },
        })
        expect(next.rows.map(({ id }) => id)).toEqual(behind)
      }),
      { numRuns: runs(120) },
    )
  })

  it('lists deleted documents on request', async () => {
    const shelf = new DocumentShelf({ a: {}, c: {} })
    const reader = readerOf(shelf, [{ id: 'b', document: undefined }])
    expect((await allDocs(reader, { limit: 2 })).docs).toEqual([{ _id: 'a' }, { _id: 'c' }])
    const { docs, rows } = await allDocs(reader, { includeDeleted: true, limit: 2 })
    expect(docs).toEqual([{ _id: 'a' }, { _id: 'b', _deleted: true }])
    expect(rows[1]).toEqual({ key: 'b', id: 'b', value: docs[1], doc: docs[1] })
  })

  it('leaves out a damaged document, counts it, and fills the limit with others', async () => {
    const shelf = new DocumentShelf({ b: {}, c: {} })
    shelf.change([{ id: 'a', document: shelf.storeDamaged('a') }])
    expect(await allDocs(readerOf(shelf), { limit: 1 })).toMatchObject({ docs: [{ _id: 'b' }], skipped: 1 })
  })

  it('reads no more than it returns', async () => {
    const taken: string[] = []
    const shelf = new DocumentShelf({ a: {}, b: {}, c: {} })
    const reader = readerOf(shelf, [], id => taken.push(id))
    await allDocs(reader, { limit: 2 })
    await allDocs(reader, { limit: 0 })
    expect(taken).toEqual(['a', 'b'])
  })

  it.each([
    ['INVALID_QUERY', { key: 5 }],
    ['INVALID_QUERY', { prefix: ['a'] }],
    ['INVALID_QUERY', { key: 'a', keys: ['b'] }],
    ['INVALID_OPTION', { includeDocs: false }],
    ['INVALID_OPTION', { includeDeleted: 1 }],
    ['INVALID_OPTION', { after: {} }],
  ])('refuses with %s: %j', async (code, options) => {
    await expect(allDocs(readerOf(new DocumentShelf()), options)).rejects.toMatchObject({ code })
  })
})

function readerOf(
  shelf: DocumentShelf,
  more: readonly DocsEntry[] = [],
  onRead: (id: string) => void = () => undefined,
): DocsReader {
  const all = [...shelf.sorted().map((document): DocsEntry => ({ id: document.id, document })), ...more]
  const map = OrderedMap.from(all.map(entry => [textToOrderedKey(entry.id), entry]))
  return {
    clock: shelf.clock,
    *entries(range) {
      for (const entry of map.values(range)) {
        onRead(entry.id)
        yield [entry]
      }
    },
  }
}
