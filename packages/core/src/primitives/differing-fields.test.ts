import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { differingFields } from './differing-fields.js'
import { equalValues } from './equal-values.js'

describe('the fields in which documents differ', () => {
  it('are named by dotted paths, in order, without the id', () => {
    const a = { _id: 'a', city: 'Rome', address: { zip: '1', street: { no: 1 } }, tags: ['x'], same: 1 }
    const b = { _id: 'b', city: 'Oslo', address: { zip: '1', street: { no: 2 } }, tags: ['x', 'y'], same: 1 }
    expect(differingFields(a, b)).toEqual(['address.street.no', 'city', 'tags'])
  })

  it('take arrays and bytes as a whole, and a value of another kind at its place', () => {
    const a = { bytes: Uint8Array.of(1), list: [{ x: 1 }], kind: { x: 1 } }
    const b = { bytes: Uint8Array.of(2), list: [{ x: 2 }], kind: [1] }
    expect(differingFields(a, b)).toEqual(['bytes', 'kind', 'list'])
  })

  it('name attachments one by one, whatever their names', () => {
    const file = { cid: 'c', lastModified: 0, pack: 'p', size: 1, type: '' }
    const files = JSON.parse('{"__proto__":1,"a/b":2}')
    expect(differingFields({ _files: files }, { _files: { same: file } })).toEqual([
      '_files.__proto__',
      '_files.a/b',
      '_files.same',
    ])
    expect(differingFields({ _files: { same: file } }, { _files: { same: { ...file, pack: 'q' } } })).toEqual(
      [],
    )
    expect(differingFields({ _files: { a: file } }, { _files: { a: { ...file, cid: 'd' } } })).toEqual([
      '_files.a',
    ])
  })

  it('tell a missing field from none, and look up no inherited one', () => {
    expect(differingFields({ a: null }, {})).toEqual(['a'])
    expect(differingFields({ constructor: 1 }, {})).toEqual(['constructor'])
  })

  it('are none exactly where documents are equal', () => {
    const document = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 })
    fc.assert(
      fc.property(document, document, (a, b) => {
        const names = new Set([...Object.keys(a), ...Object.keys(b)])
        if (names.has('_id') || names.has('_files')) return
        expect(differingFields(a, b).length === 0).toBe(equalValues(a, b))
        expect(differingFields(a, b)).toEqual(differingFields(b, a))
      }),
      { numRuns: runs(100) },
    )
  })
})
