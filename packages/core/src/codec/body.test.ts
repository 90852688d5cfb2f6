import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { concatBytes, toHex, utf8ToBytes } from '../primitives/bytes.js'
import { decodeBody, encodeBody } from './body.js'
import { MAX_BODY_BYTES, MAX_DEPTH, normalizeDocument } from './document.js'

const SALT = Uint8Array.from({ length: 16 }, (_, i) => i)
const SALT_TEXT = 'AAECAwQFBgcICQoLDA0ODw'

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('/', '//', '///', '/a', 'bytes', '__proto__', 'constructor', '1', '01', 'toJSON', '\u2028'),
)
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.uint8Array({ maxLength: 8 }),
      fc.date({ noInvalidDate: true }),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries)),
  ),
}))
const fieldName = key.filter(name => name === '__proto__' || !name.startsWith('_'))
const documents = fc
  .array(fc.tuple(fieldName, value), { maxLength: 6 })
  .map(entries => Object.fromEntries(entries))

function bodyOf(fields: string, salt = SALT_TEXT): Uint8Array {
  return utf8ToBytes(`["${salt}",${fields}]`)
}

/** Twice, as what passed once is not checked again. */
function expectCorrupt(bytes: Uint8Array): void {
  for (let i = 0; i < 2; i++) {
    expect(() => decodeBody('id', bytes)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
  }
}

function deep(levels: number): unknown {
  let inner: unknown = 1
  for (let i = 0; i < levels; i++) inner = i % 2 === 0 ? [inner] : { a: inner }
  return inner
}

/** Keys in order and prototypes, which deep equality does not look at. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : value
  if (value instanceof Uint8Array) return ['bytes', value.constructor.name, ...value]
  return [
    Array.isArray(value),
    Object.getPrototypeOf(value) === Object.prototype,
    ...Object.entries(value).map(([k, v]) => [k, shapeOf(v)]),
  ]
}

describe('a body', () => {
  it('gives back the document that was normalized, with the order of its fields', () => {
    fc.assert(
      fc.property(documents, input => {
        const { fields } = normalizeDocument(input)
        const { _id, ...decoded } = decodeBody('id', encodeBody(fields, SALT))
        expect(_id).toBe('id')
        expect(shapeOf(decoded)).toEqual(shapeOf(fields))
      }),
      { numRuns: runs(200) },
    )
  })

  it('has one encoding: what decodes, encodes to the same bytes', () => {
    const bytes = documents.map(input => encodeBody(normalizeDocument(input).fields, SALT))
    const edits = fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...utf8ToBytes('{}[]",:/\\u0d1e-_ a'))), {
      maxLength: 2,
    })
    fc.assert(
      fc.property(bytes, edits, (body, edits) => {
        for (const [at, byte] of edits) body[at % body.length] = byte
        try {
          const { _id, ...fields } = decodeBody('id', body)
          const salt = Buffer.from(new TextDecoder().decode(body).slice(2, 24), 'base64')
          const again = encodeBody(normalizeDocument(fields).fields, new Uint8Array(salt))
          expect(toHex(again)).toBe(toHex(body))
        } catch (error) {
          expect(error).toMatchObject({ code: 'CORRUPT' })
        }
      }),
      { numRuns: runs(300) },
    )
  })

  it('is the DAG-JSON of salt and fields', () => {
    const fields = { text: 'ä', '/': 1, '///': [Uint8Array.of(255, 254)], inner: { '/': { bytes: 'AA' } } }
    const text = `["${SALT_TEXT}",{"text":"ä","//":1,"////":[{"/":{"bytes":"//4"}}],"inner":{"//":{"bytes":"AA"}}}]`
    expect(new TextDecoder().decode(encodeBody(fields, SALT))).toBe(text)
    expect(decodeBody('id', utf8ToBytes(text))).toEqual({ _id: 'id', ...fields })
  })

  it('differs with its salt', () => {
    expect(encodeBody({ a: 1 }, SALT)).not.toEqual(encodeBody({ a: 1 }, new Uint8Array(16)))
  })

  it('decodes to a copy of its own each time, the id first', () => {
    const bytes = encodeBody({ list: [1], b: Uint8Array.of(1) }, SALT)
    const one = decodeBody('id', bytes)
    const other = decodeBody('id', bytes)
    expect(Object.keys(one)[0]).toBe('_id')
    expect(other).toEqual(one)
    expect(one.list).not.toBe(other.list)
    expect(one.b).not.toBe(other.b)
  })

  it('may nest as deep as a document may, and no deeper', () => {
    for (const tail of [1, Uint8Array.of(1)]) {
      const { fields } = normalizeDocument({ tail, deep: deep(MAX_DEPTH - 1) })
      expect(decodeBody('id', encodeBody(fields, SALT))).toEqual({ _id: 'id', ...fields })
    }
    let inner: unknown = Uint8Array.of(1)
    for (let i = 1; i < MAX_DEPTH; i++) inner = [inner]
    expect(decodeBody('id', encodeBody({ inner }, SALT))).toEqual({ _id: 'id', inner })
    for (const levels of [MAX_DEPTH, MAX_DEPTH + 1, MAX_DEPTH + 2]) {
      expectCorrupt(bodyOf(JSON.stringify({ a: deep(levels) })))
      expectCorrupt(bodyOf(`{"\\u0000":1,"a":${JSON.stringify(deep(levels))}}`))
    }
    expectCorrupt(bodyOf(`{"a":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`))
    expectCorrupt(bodyOf(`{"a":${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}}`))
    const brackets = '["[{\\"'.repeat(200)
    expect(decodeBody('id', encodeBody({ brackets }, SALT))).toEqual({ _id: 'id', brackets })
  })

  it('beyond 16 MiB exceeds the limit', () => {
    const overhead = encodeBody({ a: '' }, SALT).length
    expect(encodeBody({ a: 'x'.repeat(MAX_BODY_BYTES - overhead) }, SALT)).toHaveLength(MAX_BODY_BYTES)
    expect(() => encodeBody({ a: 'x'.repeat(MAX_BODY_BYTES - overhead + 1) }, SALT)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })
})

describe('a body is corrupt', () => {
  const cases: [what: string, bytes: Uint8Array][] = [
    ['empty', new Uint8Array(0)],
    ['not UTF-8', concatBytes(bodyOf('{"a":"'), Uint8Array.of(0xff), utf8ToBytes('"}]'))],
    ['not JSON', bodyOf('{a:1}')],
    ['cut off', bodyOf('{}').subarray(0, -1)],
    ['with a byte order mark', concatBytes(utf8ToBytes('\ufeff'), bodyOf('{}'))],
    ['no pair', utf8ToBytes('{}')],
    ['of three items', utf8ToBytes(`["${SALT_TEXT}",{},1]`)],
    ['of an array', bodyOf('[]')],
    ['of null', bodyOf('null')],
    ['of tagged bytes', bodyOf('{"/":{"bytes":"AA"}}')],
    ['with a short salt', bodyOf('{}', SALT_TEXT.slice(1))],
    ['with a salt of stray bits', bodyOf('{}', SALT_TEXT.replace(/w$/, 'x'))],
    ['with a reserved field', bodyOf('{"_rev":1}')],
    ['with an id', bodyOf('{"_id":"other"}')],
    ['with an escaped reserved field', bodyOf('{"\\u005fid":1}')],
    ['with a repeated field', bodyOf('{"a":1,"a":1}')],
    ['with white space', bodyOf('{"a": 1}')],
    ['with a number in another form', bodyOf('{"a":1.0}')],
    ['with minus zero', bodyOf('{"a":-0}')],
    ['with a number too large', bodyOf('{"a":1e999}')],
    ['with a needless escape', bodyOf('{"a":"\\u0061"}')],
    ['with an escaped slash', bodyOf('{"a":"\\/"}')],
    ['with fields that no object has in this order', bodyOf('{"b":1,"1":1}')],
    ['with a lone surrogate', bodyOf('{"a":"\\ud800"}')],
    ['with a lone surrogate in a key', bodyOf('{"a":[{"\\udc00":1}]}')],
    ['with a reserved key', bodyOf('{"a":{"/":1}}')],
    ['with a link', bodyOf('{"a":{"/":"bafy"}}')],
    ['with a reserved key beside another', bodyOf('{"a":{"/":{"bytes":"AA"},"b":1}}')],
    ['with tagged bytes beside another', bodyOf('{"a":{"/":{"bytes":"AA","b":1}}}')],
    ['with padded bytes', bodyOf('{"a":{"/":{"bytes":"AA=="}}}')],
    ['with bytes of stray bits', bodyOf('{"a":{"/":{"bytes":"AB"}}}')],
    ['with bytes that are no text', bodyOf('{"a":{"/":{"bytes":1}}}')],
  ]

  it.each(cases)('%s', (_, bytes) => expectCorrupt(bytes))

  it('and the error names the document, not its content', () => {
    try {
      decodeBody('the id', utf8ToBytes('secret'))
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'CORRUPT', details: { id: 'the id' } })
      expect((error as Error).message).not.toContain('secret')
    }
  })
})
