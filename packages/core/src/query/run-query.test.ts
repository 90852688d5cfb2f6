import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { DocumentShelf } from '../index/fixtures/document-shelf.js'
import type { PlainDocument } from '../state/stored-document.js'
import { countRows } from './count-rows.js'
import { expectedRows, someFields, someId, someIndex, someOptions } from './fixtures/query-oracle.js'
import { runQuery } from './run-query.js'

describe('a query', () => {
  it('gives what filtering and sorting all rows gives, with every option, before and after changes', async () => {
    const documents = fc.array(fc.tuple(someId, someFields), { maxLength: 8 })
    const changes = fc.array(fc.tuple(someId, fc.option(someFields)), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        documents,
        changes,
        someIndex,
        someOptions,
        async (before, changed, index, options) => {
          const shelf = new DocumentShelf(Object.fromEntries(before))
          await runQuery(shelf.indexes, index.index)
          for (const [id, fields] of changed) fields === null ? shelf.del(id) : shelf.put(id, fields)
          const expected = expectedRows(shelf.sorted(), index, options)
          const { rows, docs, clock } = await runQuery(shelf.indexes, index.index, options)
          expect(rows).toEqual(
            expected.map(({ key, id, value, document }) => ({ key, id, value, doc: document.copy() })),
          )
          expect(docs).toEqual(rows.map(row => row.doc))
          expect(clock).toBe(shelf.clock)
          expect(await countRows(shelf.indexes, index.index, options)).toBe(expected.length)
        },
      ),
      { numRuns: runs(250) },
    )
  })

  it('goes on behind a row until every row was given once, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someId, someFields), { maxLength: 8 }),
        someIndex,
        someOptions,
        fc.integer({ min: 1, max: 3 }),
        async (documents, { index }, options, size) => {
          const { indexes } = new DocumentShelf(Object.fromEntries(documents))
          const { limit: _, ...unlimited } = options
          const whole = await runQuery(indexes, index, unlimited)
          const paged: unknown[] = []
          for (let after: unknown; ; after = paged.at(-1)) {
            const { rows } = await runQuery(indexes, index, { ...unlimited, after, limit: size })
            if (rows.length === 0) break
            paged.push(...rows)
          }
          expect(paged).toEqual(whole.rows)
        },
      ),
      { numRuns: runs(150) },
    )
  })

  it('goes on behind a row whose id is the start of the next one up to a zero', async () => {
    const { indexes } = new DocumentShelf({ a: { n: 0 }, 'a\0b': { n: 0 } })
    const { rows } = await runQuery(indexes, 'n', { limit: 1 })
    expect((await runQuery(indexes, 'n', { after: rows[0] })).rows.map(({ id }) => id)).toEqual(['a\0b'])
  })

  it('goes on exactly behind a row itself, and behind a copy of it past all rows of its key and document', async () => {
    const { indexes } = new DocumentShelf({ a: { tags: ['x', 'x', 'y'] }, b: { tags: ['x'] } })
    const first = await runQuery(indexes, byTag, { limit: 1 })
    const after = JSON.parse(JSON.stringify(first.rows[0]))
    const exact = await runQuery(indexes, byTag, { after: first.rows[0], limit: 1 })
    expect(exact.rows.map(({ id, value }) => [id, value])).toEqual([['a', 1]])
    const rest = await runQuery(indexes, byTag, { after })
    expect(rest.rows.map(({ key, id }) => [key, id])).toEqual([
      ['x', 'b'],
      ['y', 'a'],
    ])
    const { rows } = await runQuery(indexes, byTag, { after: { key: 'x', id: 'a2' }, descending: true })
    expect(rows.map(({ key, id, value }) => [key, id, value])).toEqual([
      ['x', 'a', 1],
      ['x', 'a', 0],
    ])
  })

  it.each([
    [{ key: 0 }, ['zero']],
    [{ key: '' }, ['empty']],
    [{ key: false }, ['no']],
    [{ key: null }, ['nil']],
    [{ keys: [null, 0, 0, ''] }, ['nil', 'zero', 'empty']],
    [{ prefix: '' }, ['empty', 'text']],
    [{ prefix: [] }, ['list']],
    [{ limit: 0 }, []],
    [{ keys: [] }, []],
    [{ range: [0, ''] }, ['zero', 'empty']],
    [{ range: ['', 0] }, []],
    [
      { key: undefined, prefix: undefined, limit: undefined, asOf: undefined },
      ['nil', 'no', 'zero', 'empty', 'text', 'list'],
    ],
  ])('takes %j at its word', async (options, ids) => {
    const { indexes } = new DocumentShelf({
      ...{ zero: { state: 0 }, empty: { state: '' }, no: { state: false }, nil: { state: null } },
      ...{ text: { state: 'x' }, list: { state: ['x', 1] }, none: {}, object: { state: {} } },
    })
    const { rows, skipped } = await runQuery(indexes, 'state', options)
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(skipped).toBe(1)
  })

  it.each([
    ['INVALID_QUERY', { key: 1, keys: [2] }],
    ['INVALID_QUERY', { key: null, prefix: '' }],
    ['INVALID_QUERY', { range: [1, 2], keys: [] }],
    ['INVALID_QUERY', { key: {} }],
    ['INVALID_QUERY', { key: Number.NaN }],
    ['INVALID_QUERY', { key: 'x'.repeat(5_000) }],
    ['INVALID_QUERY', { keys: [1, undefined] }],
    ['INVALID_QUERY', { range: [1, undefined] }],
    ['INVALID_QUERY', { prefix: 5 }],
    ['INVALID_QUERY', { prefix: [{}] }],
    ['INVALID_QUERY', { after: { key: {}, id: 'a' } }],
    ['INVALID_OPTION', { after: { key: 1 } }],
    ['INVALID_OPTION', { after: 'a' }],
    ['INVALID_OPTION', { keys: 'a' }],
    ['INVALID_OPTION', { range: [1] }],
    ['INVALID_OPTION', { range: { from: 1, to: 2 } }],
    ['INVALID_OPTION', { limit: -1 }],
    ['INVALID_OPTION', { limit: 1.5 }],
    ['INVALID_OPTION', { limit: '3' }],
    ['INVALID_OPTION', { descending: 'yes' }],
    ['INVALID_OPTION', { includeDocs: 1 }],
    ['INVALID_OPTION', { asOf: 'clock' }],
    ['INVALID_OPTION', { startkey: 1 }],
    ['INVALID_OPTION', { name: 'for a field' }],
    ['INVALID_OPTION', null],
    ['INVALID_OPTION', 'x'],
  ])('is refused with %s for %j', async (code, options) => {
    const shelf = new DocumentShelf()
    await expect(runQuery(shelf.indexes, 'state', options)).rejects.toMatchObject({ code })
    await expect(countRows(shelf.indexes, 'state', options)).rejects.toMatchObject({ code })
    expect(shelf.listings).toBe(0)
  })

  it('names the option it refuses', async () => {
    const { indexes } = new DocumentShelf()
    await expect(runQuery(indexes, 'state', { startkey: 1 })).rejects.toThrow('`startkey`')
    await expect(runQuery(indexes, 'state', { asOf: 'clock' })).rejects.toThrow('`asOf` is a clock')
  })

  it('leaves out documents on request', async () => {
    const { indexes } = new DocumentShelf({ a: { state: 'x' } })
    const { rows, docs } = await runQuery(indexes, 'state', { includeDocs: false })
    expect(rows).toStrictEqual([{ key: 'x', id: 'a', value: null }])
    expect(docs).toEqual([])
  })

  it('gives rows that belong to the caller', async () => {
    const { indexes } = new DocumentShelf({ a: { list: ['x'], bytes: new Uint8Array([1]) } })
    const map = (doc: PlainDocument, emit: (key: unknown, value: unknown) => void) =>
      emit(doc.list, { deep: [1] })
    const first = await runQuery(indexes, map)
    const row = first.rows[0] as unknown as {
      key: string[]
      value: { deep: number[] }
      doc: { list: string[] }
    }
    row.key.push('changed')
    row.value.deep.push(2)
    row.doc.list.push('changed')
    const second = await runQuery(indexes, map)
    expect(second.rows[0]).toMatchObject({ key: ['x'], value: { deep: [1] }, doc: { list: ['x'] } })
  })

  it('is not disturbed by changes while it waits, and says of which clock it is', async () => {
    const shelf = new DocumentShelf({ a: { state: 'x' } })
    const waiting = runQuery(shelf.indexes, 'state')
    shelf.put('b', { state: 'y' })
    const { rows, clock } = await waiting
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(clock).toBe(shelf.clock)
  })

  it('decodes only the documents it returns once the index is there', async () => {
    const shelf = new DocumentShelf(
      Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`doc${n}`, { n }])),
    )
    await runQuery(shelf.indexes, 'n')
    let copies = 0
    for (const document of shelf.sorted()) {
      const copy = document.copy.bind(document)
      document.copy = () => {
        copies += 1
        return copy()
      }
    }
    const { rows } = await runQuery(shelf.indexes, 'n', { range: [10, 90], limit: 3, descending: true })
    expect(rows.map(({ key }) => key)).toEqual([90, 89, 88])
    await runQuery(shelf.indexes, 'n', { includeDocs: false })
    expect(copies).toBe(3)
  })
})

function byTag(doc: { tags: string[] }, emit: (key: string, value: number) => void): void {
  for (const [i, tag] of doc.tags.entries()) emit(tag, i)
}
