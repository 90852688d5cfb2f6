import { describe, expect, it } from 'vitest'
import type { PlainDocument } from '../state/stored-document.js'
import { parseDefinition } from './definition.js'

const DOC: PlainDocument = {
  _id: 'doc1',
  state: 'open',
  author: { name: 'Ann', tags: ['x', 'y'] },
  none: null,
  bytes: new Uint8Array([1]),
  'a.b': 'dotted',
}

describe('an index definition', () => {
  it.each([
    ['state', ['open']],
    ['_id', ['doc1']],
    ['author.name', ['Ann']],
    ['author.tags', [['x', 'y']]],
    ['author.tags.1', ['y']],
    ['none', [null]],
    ['missing', []],
    ['author.missing', []],
    ['state.length', []],
    ['author.tags.length', []],
    ['bytes.length', []],
    ['none.name', []],
    ['a.b', []],
    ['constructor', []],
    ['__proto__', []],
    ['toString.name', []],
  ])('reads the field %s of its own data only', (field, keys) => {
    expect(emitted(field)).toEqual(keys.map(key => [key, undefined]))
  })

  it('makes array keys of a list of fields, and none where a field is missing', () => {
    expect(emitted(['state', 'author.name', 'none'])).toEqual([[['open', 'Ann', null], undefined]])
    expect(emitted(['state'])).toEqual([[['open'], undefined]])
    expect(emitted(['state', 'missing'])).toEqual([])
  })

  it('takes what a map function emits, or else returns', () => {
    expect(emitted((doc: PlainDocument) => doc.state)).toEqual([['open', undefined]])
    expect(emitted(() => undefined)).toEqual([])
    expect(emitted(() => null)).toEqual([[null, undefined]])
    expect(emitted(() => false)).toEqual([[false, undefined]])
    expect(
      emitted((_: PlainDocument, emit: (key: unknown, value?: unknown) => void) => {
        emit('a', 1)
        emit('b')
        return 'ignored'
      }),
    ).toEqual([
      ['a', 1],
      ['b', undefined],
    ])
  })

  it('refuses an emit that comes after the map function returned', () => {
    let late: (key: unknown) => void = () => undefined
    emitted((_: PlainDocument, emit: (key: unknown) => void) => {
      late = emit
    })
    expect(() => late('x')).toThrow(expect.objectContaining({ code: 'INVALID_QUERY' }))
  })

  it('refuses an async map function without leaving its promise behind', () => {
    const rejected = () => Promise.reject(new Error('unheard'))
    expect(() => emitted(rejected)).toThrow(expect.objectContaining({ code: 'INVALID_QUERY' }))
  })

  it.each([[undefined], [null], [5], [{}], [''], ['a..b'], ['.a'], [[]], [['']], [[5]]])(
    'is not %j',
    index => {
      expect(() => parseDefinition(index)).toThrow(expect.objectContaining({ code: 'INVALID_QUERY' }))
    },
  )

  it('names map functions only, by text, with a version that is a number or text', () => {
    const map = () => 1
    expect(parseDefinition(map, { name: 'n', version: 2 }).identity).toBe(
      parseDefinition(() => 5, { name: 'n', version: 2 }).identity,
    )
    for (const naming of [
      { name: '' },
      { name: 5 },
      { version: 1 },
      { name: 'n', version: {} },
      { name: 'n', version: NaN },
    ]) {
      expect(() => parseDefinition(map, naming)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
    expect(() => parseDefinition('state', { name: 'n' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  it('tells definitions apart that read alike', () => {
    const indexes = ['a,b', ['a,b'], ['a', 'b'], ['a.b'], 'a.b', () => 1, () => 2]
    const named = [{ name: 'n' }, { name: 'n', version: 1 }, { name: 'n', version: '1' }]
    const identities = [
      ...indexes.map(index => parseDefinition(index).identity),
      ...named.map(naming => parseDefinition(() => 1, naming).identity),
    ]
    expect(new Set(identities).size).toBe(identities.length)
  })

  it('tells bound functions apart, whose text is the same', () => {
    const first = (() => 1).bind(null)
    const second = (() => 2).bind(null)
    expect(parseDefinition(first).identity).not.toBe(parseDefinition(second).identity)
    expect(parseDefinition(first).identity).toBe(parseDefinition(first).identity)
  })
})

function emitted(index: unknown): [unknown, unknown][] {
  const rows: [unknown, unknown][] = []
  parseDefinition(index).emitRows(DOC, (key, value) => rows.push([key, value]))
  return rows
}
