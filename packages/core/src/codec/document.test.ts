import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DEPTH, normalizeDocument } from './document.js'

function refusal(input: unknown): { code: string; message: string; path: unknown } {
  try {
    normalizeDocument(input)
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: { path: unknown } }
    return { code, message, path: details.path }
  }
  throw new Error('the document was accepted')
}

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = wrap(value)
  return value
}

function hostile(trap: string): object {
  return new Proxy({ a: 1 }, { [trap]: thrower('trap') })
}

function thrower(message: string): () => never {
  return () => {
    throw new RangeError(message)
  }
}

describe('a document', () => {
  it('is copied with its id apart', () => {
    const tags = ['x', { y: null }]
    const input = { _id: 'one', text: 'ä', count: 2, on: false, tags }
    const { id, deleted, fields } = normalizeDocument(input)
    expect({ id, deleted, fields }).toEqual({
      id: 'one',
      deleted: false,
      fields: { text: 'ä', count: 2, on: false, tags: ['x', { y: null }] },
    })
    expect(fields.tags).not.toBe(tags)
    expect(input.tags).toBe(tags)
  })

  it('without an id, or with an undefined one, has none', () => {
    expect(normalizeDocument({}).id).toBeUndefined()
    expect(normalizeDocument({ _id: undefined }).id).toBeUndefined()
  })

  it('loses undefined fields, minus zero and the wrapping of dates', () => {
    const { fields } = normalizeDocument({ a: undefined, b: { c: undefined }, zero: [-0], at: new Date(0) })
    expect(fields).toEqual({ b: {}, zero: [0], at: '1970-01-01T00:00:00.000Z' })
    expect('a' in fields).toBe(false)
    expect(Object.is((fields.zero as number[])[0], 0)).toBe(true)
  })

  it('keeps bytes as a Uint8Array of its own, whatever kind came in', () => {
    const buffer = Buffer.from('bytes')
    const foreign = runInNewContext('new Uint8Array([1, 2])')
    const { fields } = normalizeDocument({ buffer, foreign })
    expect(fields).toEqual({ buffer: new Uint8Array(buffer), foreign: Uint8Array.of(1, 2) })
    expect((fields.buffer as Uint8Array).constructor).toBe(Uint8Array)
    expect(fields.foreign).toBeInstanceOf(Uint8Array)
    buffer[0] = 0
    expect((fields.buffer as Uint8Array)[0]).not.toBe(0)
  })

  it('may be a plain object without prototype or of another realm', () => {
    expect(normalizeDocument(Object.assign(Object.create(null), { a: 1 })).fields).toEqual({ a: 1 })
    const foreign = runInNewContext('({ list: [1], at: new Date(0), inner: { a: 1 } })')
    expect(normalizeDocument(foreign).fields).toEqual({
      list: [1],
      at: '1970-01-01T00:00:00.000Z',
      inner: { a: 1 },
    })
  })

  it('may have __proto__, slashes and the empty text as keys: they are data', () => {
    const { fields } = normalizeDocument(JSON.parse('{"__proto__":{"a":1},"/":1,"":2,"constructor":3}'))
    expect(Object.keys(fields)).toEqual(['__proto__', '/', '', 'constructor'])
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
    expect(({} as { a?: number }).a).toBeUndefined()
  })

  it('may hold one object in two places', () => {
    const shared = { a: 1 }
    expect(normalizeDocument({ x: shared, y: [shared] }).fields).toEqual({ x: { a: 1 }, y: [{ a: 1 }] })
  })

  it('may hold what has hidden symbols', () => {
    const noted = Object.defineProperty({ a: 1 }, Symbol('note'), { value: 1, enumerable: false })
    expect(normalizeDocument({ noted }).fields).toEqual({ noted: { a: 1 } })
  })

  it('gives itself again when it is normalized again', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), value => {
        const once = normalizeDocument({ value }).fields
        expect(normalizeDocument(once).fields).toEqual(once)
      }),
    )
  })
})

describe('a deletion', () => {
  it('is an id and _deleted: true', () => {
    expect(normalizeDocument({ _id: 'a', _deleted: true, gone: undefined })).toEqual({
      id: 'a',
      deleted: true,
      fields: {},
    })
    expect(normalizeDocument({ _id: 'a', _deleted: false, b: 1 })).toEqual({
      id: 'a',
      deleted: false,
      fields: { b: 1 },
    })
  })

  it('takes no other field, needs an id, and is true or false', () => {
    expect(refusal({ _id: 'a', _deleted: true, b: 1 })).toMatchObject({ code: 'INVALID_DOCUMENT', path: 'b' })
    expect(refusal({ _deleted: true })).toMatchObject({ code: 'INVALID_DOCUMENT', path: '_deleted' })
    expect(refusal({ _id: 'a', _deleted: 1 })).toMatchObject({ code: 'INVALID_DOCUMENT', path: '_deleted' })
  })
})

describe('a document is refused', () => {
  class Point {
    x = 1
  }
  const cases: [what: string, value: unknown][] = [
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['undefined in an array', [undefined]],
    ['a hole in an array', new Array(1)],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a BigInt', 1n],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a RegExp', /x/],
    ['a class instance', new Point()],
    ['an error', new Error('x')],
    ['a boxed string', Object('text')],
    ['an object with an unknown prototype', Object.create({ a: 1 })],
    ['an object with a bare prototype', Object.create(Object.create(null))],
    ['another typed array', new Uint16Array(1)],
    ['clamped bytes', new Uint8ClampedArray(1)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['an invalid date', new Date(Number.NaN)],
    ['a lone surrogate', 'a\ud800b'],
    ['a key with a lone surrogate', { '\udfff': 1 }],
    ['an enumerable symbol key', { [Symbol('s')]: 1 }],
    ['a promise', Promise.resolve(1)],
  ]

  it.each(cases)('for %s, and the path says where', (_, value) => {
    const { code, message, path } = refusal({ ok: 1, list: [0, { 'odd key': value }] })
    expect(code).toBe('INVALID_DOCUMENT')
    expect(path).toMatch(/^list\[1\]\["odd key"\]/)
    expect(message).toContain(path)
  })

  it.each([null, undefined, 5, 'text', [], new Uint8Array(1), new Date(0), new Map(), () => 1])(
    'when it is no plain object but %s',
    input => {
      expect(refusal(input)).toMatchObject({ code: 'INVALID_DOCUMENT', path: '' })
    },
  )

  it.each(['', 5, null, {}, '\ud800', 'x'.repeat(4097), 'ä'.repeat(2049)])('when its id is %j', _id => {
    expect(refusal({ _id })).toMatchObject({ code: 'INVALID_DOCUMENT', path: '_id' })
  })

  it.each(['_rev', '_', '__proto', '_attachments'])('for the reserved field %s', field => {
    expect(refusal({ [field]: 1 })).toMatchObject({ code: 'INVALID_DOCUMENT', path: field })
    expect(normalizeDocument({ inner: { [field]: 1 } }).fields).toEqual({ inner: { [field]: 1 } })
  })

  it.each([null, 1, 'a', [], new Blob([]), new Map()])(
    'for attachments that are no plain object: %j',
    _files => {
      expect(refusal({ _files })).toMatchObject({ code: 'INVALID_DOCUMENT', path: '_files' })
      expect(refusal({ _files: { a: _files instanceof Blob ? 1 : _files } })).toMatchObject({
        path: '_files.a',
      })
    },
  )

  it('for attachments beside a deletion, or with a name of half a surrogate pair', () => {
    const _files = { a: new Blob([]) }
    expect(refusal({ _id: 'a', _deleted: true, _files }).path).toBe('_files')
    expect(refusal({ _files: { '\ud800': new Blob([]) } }).path).toBe('_files')
    expect(normalizeDocument({ _id: 'a', _deleted: true, _files: {} }).deleted).toBe(true)
  })

  it('when it contains itself, at the place where it begins again', () => {
    const inner: Record<string, unknown> = { list: [] }
    inner.list = [inner]
    expect(refusal({ inner })).toMatchObject({
      path: 'inner.list[0]',
      message: expect.stringContaining('contains itself'),
    })
  })

  it('when it nests deeper than the format allows', () => {
    const object = (levels: number) => ({ a: nested(levels - 1, a => ({ a })) })
    const array = (levels: number) => ({ a: nested(levels - 1, a => [a]) })
    for (const deep of [object, array]) {
      expect(() => normalizeDocument(deep(MAX_DEPTH))).not.toThrow()
      expect(refusal(deep(MAX_DEPTH + 1)).code).toBe('INVALID_DOCUMENT')
      expect(refusal(deep(100_000)).code).toBe('INVALID_DOCUMENT')
    }
  })

  it('when a getter or a proxy throws, with the cause', () => {
    const getter = Object.defineProperty({}, 'a', { get: thrower('getter'), enumerable: true })
    expect(refusal({ getter })).toMatchObject({ code: 'INVALID_DOCUMENT', path: 'getter.a' })
    for (const trap of ['get', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor']) {
      expect(refusal({ p: hostile(trap) })).toMatchObject({
        code: 'INVALID_DOCUMENT',
        path: expect.stringMatching(/^p/),
      })
      expect(refusal(hostile(trap)).code).toBe('INVALID_DOCUMENT')
    }
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    expect(refusal({ proxy })).toMatchObject({ code: 'INVALID_DOCUMENT', path: 'proxy' })
  })

  it('when a graph without cycles unfolds to more than fits', () => {
    const wide = nested(60, inner => ['x'.repeat(1000), inner, inner])
    expect(refusal({ wide }).code).toBe('LIMIT_EXCEEDED')
  })

  it('or accepted, but never anything else, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        input => {
          try {
            normalizeDocument({ input })
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_DOCUMENT' })
          }
        },
      ),
    )
  })
})
