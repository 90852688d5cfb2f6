import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { binaryToBytes, compareBytes, textToOrderedKey, toHex } from '../primitives/bytes.js'
import {
  decodeIndexKey,
  encodeIndexKey,
  type IndexKey,
  indexKeyPrefixRange,
  MAX_INDEX_KEY_BYTES,
} from './index-key.js'

const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** 53),
)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('\u0000', '\u0001', '\u0002', 'a', '\uffff', '\u{10ffff}'),
    maxLength: 5,
  }),
)
const bytes = fc
  .array(fc.constantFrom(0, 1, 2, 127, 254, 255), { maxLength: 4 })
  .map(list => Uint8Array.from(list))
const { key } = fc.letrec<{ key: IndexKey }>(tie => ({
  key: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.constant(null), fc.boolean(), number, text, bytes),
    fc.array(tie('key'), { maxLength: 3 }),
  ),
}))

function mustEncode(value: unknown): string {
  const key = encodeIndexKey(value)
  if (key === undefined) throw new Error('no key')
  return key
}

/** The order of the design, written down without any bytes. */
function compareKeys(a: IndexKey, b: IndexKey): number {
  const byRank = rankOf(a) - rankOf(b)
  if (byRank !== 0) return Math.sign(byRank)
  if (typeof a === 'number') return Math.sign(a - (b as number)) || 0
  if (typeof a === 'string') return compareTexts([...a], [...(b as string)])
  if (a instanceof Uint8Array) return Math.sign(compareBytes(a, b as Uint8Array))
  if (Array.isArray(a)) return compareLists(a, b as IndexKey[])
  return 0
}

function rankOf(key: IndexKey): number {
  if (key === null) return 0
  if (typeof key === 'boolean') return key ? 2 : 1
  if (typeof key === 'number') return 3
  if (typeof key === 'string') return 4
  return key instanceof Uint8Array ? 5 : 6
}

function compareTexts(a: string[], b: string[]): number {
  return compareLists(a.map(pointOf), b.map(pointOf))
}

function pointOf(character: string): number {
  return character.codePointAt(0) as number
}

function compareLists(a: readonly IndexKey[], b: readonly IndexKey[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareKeys(a[i] as IndexKey, b[i] as IndexKey)
    if (order !== 0) return order
  }
  return Math.sign(a.length - b.length)
}

function compareTextsAsStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

describe('an index key', () => {
  it('sorts as bytes where the value sorts by the order of the design', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(compareTextsAsStrings(mustEncode(a), mustEncode(b))).toBe(compareKeys(a, b))
      }),
      { numRuns: runs(600) },
    )
  })

  it('keeps that order when an id and a number are appended', () => {
    const entry = fc.record({
      key,
      id: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
      emit: fc.nat(3),
    })
    fc.assert(
      fc.property(entry, entry, (a, b) => {
        const [x, y] = [a, b].map(e => mustEncode(e.key) + mustEncode(e.id) + String(e.emit)) as [
          string,
          string,
        ]
        const expected = compareKeys(a.key, b.key) || compareKeys(a.id, b.id) || Math.sign(a.emit - b.emit)
        expect(compareTextsAsStrings(x, y)).toBe(expected)
        const raw = [a, b].map(e => mustEncode(e.key) + textToOrderedKey(e.id)) as [string, string]
        if (compareKeys(a.key, b.key) !== 0) {
          expect(compareTextsAsStrings(...raw)).toBe(compareKeys(a.key, b.key))
        }
      }),
      { numRuns: runs(300) },
    )
  })

  it('decodes to its value', () => {
    fc.assert(
      fc.property(key, key => {
        expect(decodeIndexKey(mustEncode(key))).toEqual(plusZero(key))
      }),
    )
  })

  it.each([
    [null, '10'],
    [false, '20'],
    [true, '21'],
    [0, '308000000000000000'],
    [1, '30bff0000000000000'],
    [-1, '30400fffffffffffff'],
    ['a\u0000\u0001é', '406101010102c3a900'],
    [Uint8Array.of(0, 255), '500101ff00'],
    [['a', []], '60406100600000'],
  ])('of %j has the bytes of the format', (key, hex) => {
    expect(toHex(binaryToBytes(mustEncode(key)))).toBe(hex)
  })

  it('holds char codes of bytes only', () => {
    fc.assert(
      fc.property(key, key => {
        for (const character of mustEncode(key)) expect(character.charCodeAt(0)).toBeLessThan(256)
      }),
    )
  })

  it('is the same for both zeros, and for a date and its text', () => {
    expect(mustEncode(-0)).toBe(mustEncode(0))
    expect(mustEncode(new Date(5))).toBe(mustEncode(new Date(5).toISOString()))
    expect(Object.is(decodeIndexKey(mustEncode(-0)), 0)).toBe(true)
  })

  it('is every falsy value that is one', () => {
    const keys = [null, false, 0, ''].map(mustEncode)
    expect(new Set(keys).size).toBe(4)
    expect(keys).toEqual(keys.toSorted())
  })

  it('sorts infinities outside all numbers', () => {
    const numbers = [
      Number.NEGATIVE_INFINITY,
      -Number.MAX_VALUE,
      0,
      Number.MAX_VALUE,
      Number.POSITIVE_INFINITY,
    ]
    const keys = numbers.map(mustEncode)
    expect(keys).toEqual(keys.toSorted())
    expect(keys.map(decodeIndexKey)).toEqual(numbers)
  })

  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  it.each([
    undefined,
    {},
    new Map(),
    Number.NaN,
    new Date(Number.NaN),
    '\ud800',
    'a\udc00',
    () => 1,
    Symbol('s'),
    1n,
    new Uint16Array(1),
    [1, undefined],
    [[{}]],
    new Array(1),
    cyclic,
  ])('is not made of %s', value => {
    expect(encodeIndexKey(value)).toBeUndefined()
  })

  it('is at most 4 KiB long', () => {
    const longest = 'x'.repeat(MAX_INDEX_KEY_BYTES - 2)
    expect(mustEncode(longest)).toHaveLength(MAX_INDEX_KEY_BYTES)
    const tooLong = [
      `${longest}x`,
      'ä'.repeat(2048),
      '\u0000'.repeat(2048),
      new Uint8Array(4095),
      [longest],
      new Array(5000).fill(null),
    ]
    for (const value of tooLong) expect(encodeIndexKey(value)).toBeUndefined()
  })

  it('of an array that unfolds without end is refused at once', () => {
    let bomb: unknown = 'x'
    for (let i = 0; i < 100; i++) bomb = [bomb, bomb]
    expect(encodeIndexKey(bomb)).toBeUndefined()
  })

  it('is corrupt, not something else, when it is damaged', () => {
    const damages = fc.tuple(key, fc.nat(), fc.nat(255), fc.boolean())
    fc.assert(
      fc.property(damages, ([key, at, byte, cut]) => {
        const whole = mustEncode(key)
        const place = at % whole.length
        const damaged = cut
          ? whole.slice(0, place)
          : whole.slice(0, place) + String.fromCharCode(byte) + whole.slice(place + 1)
        if (cut) expect(() => decodeIndexKey(damaged)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
        try {
          decodeIndexKey(damaged)
        } catch (error) {
          expect(error).toMatchObject({ code: 'CORRUPT' })
        }
      }),
      { numRuns: runs(300) },
    )
    expect(() => decodeIndexKey('\x60'.repeat(100_000))).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
    expect(() => decodeIndexKey(`${mustEncode(1)}x`)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
  })
})

describe('a prefix', () => {
  const isInside = (prefix: unknown, appended: string) => (key: IndexKey) => {
    const range = indexKeyPrefixRange(prefix)
    if (range === undefined) throw new Error('no prefix')
    const entry = mustEncode(key) + appended
    return range.from <= entry && entry < range.to
  }
  const appended = fc.string({ unit: 'binary', maxLength: 3 }).map(textToOrderedKey)

  it('of a text bounds exactly the texts that start with it', () => {
    fc.assert(
      fc.property(text, key, text, appended, (prefix, other, rest, appended) => {
        const check = isInside(prefix, appended)
        expect(check(prefix + rest)).toBe(true)
        expect(check(other)).toBe(typeof other === 'string' && other.startsWith(prefix))
      }),
      { numRuns: runs(300) },
    )
  })

  it('of an array bounds exactly the arrays that start with its elements', () => {
    const keys = fc.array(key, { maxLength: 3 })
    fc.assert(
      fc.property(keys, key, keys, appended, (prefix, other, rest, appended) => {
        const check = isInside(prefix, appended)
        expect(check([...prefix, ...rest])).toBe(true)
        const starts = Array.isArray(other) && compareLists(other.slice(0, prefix.length), prefix) === 0
        expect(check(other)).toBe(starts)
      }),
      { numRuns: runs(300) },
    )
  })

  it.each([undefined, null, 5, {}, [{}], '\ud800', 'x'.repeat(5000)])('is not made of %s', prefix => {
    expect(indexKeyPrefixRange(prefix)).toBeUndefined()
  })
})

function plusZero(key: IndexKey): IndexKey {
  if (Array.isArray(key)) return key.map(plusZero)
  return key === 0 ? 0 : key
}
