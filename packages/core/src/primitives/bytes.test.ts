import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binaryToBytes,
  bytesToBinary,
  bytesToUtf8,
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromBase64Url,
  fromHex,
  randomBytes,
  textToOrderedKey,
  toBase32,
  toBase64,
  toBase64Url,
  toHex,
  utf8ToBytes,
} from './bytes.js'

const bytes = fc.uint8Array({ maxLength: 40 })
const text = fc.string({ unit: 'binary', maxLength: 20 })

describe('bytes', () => {
  it('have one text in each form, and that text gives the same bytes', () => {
    fc.assert(
      fc.property(bytes, value => {
        const buffer = Buffer.from(value)
        expect(toHex(value)).toBe(buffer.toString('hex'))
        expect(toBase64Url(value)).toBe(buffer.toString('base64url'))
        expect(toBase64(value)).toBe(buffer.toString('base64').replaceAll('=', ''))
        expect(fromHex(toHex(value))).toEqual(value)
        expect(fromBase64(toBase64(value))).toEqual(value)
        expect(fromBase64Url(toBase64Url(value))).toEqual(value)
        expect(binaryToBytes(bytesToBinary(value))).toEqual(value)
      }),
    )
  })

  it('come from no second text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), text => {
        const base64 = fromBase64(text)
        if (base64 !== undefined) expect(toBase64(base64)).toBe(text)
        const base64Url = fromBase64Url(text)
        if (base64Url !== undefined) expect(toBase64Url(base64Url)).toBe(text)
        const hex = fromHex(text)
        if (hex !== undefined) expect(toHex(hex)).toBe(text)
      }),
    )
    expect(fromBase64('AB')).toBeUndefined()
    expect(fromBase64('AA==')).toBeUndefined()
    expect(fromBase64('A')).toBeUndefined()
    expect(fromBase64('AAÄA')).toBeUndefined()
    expect(fromBase64Url('+/')).toBeUndefined()
    expect(fromHex('0G')).toBeUndefined()
    expect(fromHex('AA')).toBeUndefined()
    expect(fromHex('0')).toBeUndefined()
  })

  it('are written in base32 as RFC 4648 does, in lower case and without padding', () => {
    const vectors = {
      '': '',
      f: 'my',
      fo: 'mzxq',
      foo: 'mzxw6',
      foob: 'mzxw6yq',
      fooba: 'mzxw6ytb',
      foobar: 'mzxw6ytboi',
    }
    for (const [text, base32] of Object.entries(vectors)) expect(toBase32(utf8ToBytes(text))).toBe(base32)
  })

  it('compare, and join, as Buffer does', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(bytesToBinary(a) < bytesToBinary(b)).toBe(Buffer.compare(a, b) < 0)
        expect(concatBytes(a, b)).toEqual(new Uint8Array(Buffer.concat([a, b])))
      }),
    )
  })

  it('of large arrays become binary text too', () => {
    const large = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251)
    expect(equalBytes(binaryToBytes(bytesToBinary(large)), large)).toBe(true)
  })

  it('that are random differ each time', () => {
    expect(randomBytes(32)).not.toEqual(randomBytes(32))
    expect(randomBytes(32)).toHaveLength(32)
  })
})

describe('UTF-8', () => {
  it('gives back every well-formed text, a leading byte order mark included', () => {
    fc.assert(
      fc.property(text, value => {
        expect(bytesToUtf8(utf8ToBytes(value))).toBe(value)
      }),
    )
    expect(bytesToUtf8(utf8ToBytes('\ufeffa'))).toBe('\ufeffa')
  })

  it('refuses bytes that are none', () => {
    expect(() => bytesToUtf8(Uint8Array.of(0xc3))).toThrow(TypeError)
    expect(() => bytesToUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toThrow(TypeError)
  })

  it('as an ordered key sorts by code point, and ASCII is its own key', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const order = Buffer.compare(Buffer.from(a), Buffer.from(b))
        expect(textToOrderedKey(a) < textToOrderedKey(b)).toBe(order < 0)
        expect(textToOrderedKey(a) === textToOrderedKey(b)).toBe(order === 0)
      }),
    )
    expect(textToOrderedKey('plain')).toBe('plain')
    expect(textToOrderedKey('\u{1f600}') > textToOrderedKey('\uffff')).toBe(true)
  })
})
