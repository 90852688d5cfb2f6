import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { encodeIndexKey } from '../codec/index-key.js'
import { binaryToBytes } from '../primitives/bytes.js'
import { indexKeyOf, splitEntryKey } from './entry-key-parts.js'
import { DocumentShelf } from './fixtures/document-shelf.js'
import { entryKey, type IndexEntry } from './index-entry.js'
import { decodeRow, encodeRow } from './row-record.js'
import { decodeTrace, encodeTrace } from './trace-record.js'

const someId = fc.string({
  minLength: 1,
  maxLength: 8,
  unit: fc.constantFrom('a', '\0', '\x01', 'é', '\u{1f600}', '\uffff'),
})
const someAtom = fc.oneof(
  fc.constantFrom<unknown[]>(null, false, true, '', '\0', 'a\0\x01', new Uint8Array([0, 255, 1])),
  fc.double({ noNaN: true }),
  fc.string(),
)
const someKey = fc.oneof(
  someAtom,
  fc.array(fc.oneof(someAtom, fc.array(someAtom, { maxLength: 2 })), { maxLength: 3 }),
)

describe('the records of an index', () => {
  it('take entry keys apart as they were put together', () => {
    fc.assert(
      fc.property(someKey, someId, fc.nat(2 ** 32 - 1), (key, id, emitNumber) => {
        const indexKey = encodeIndexKey(key) as string
        const whole = entryKey(indexKey, id, emitNumber)
        expect(splitEntryKey(whole)).toEqual({ indexKey, id })
        expect(indexKeyOf(whole, id)).toBe(indexKey)
      }),
      { numRuns: runs(500) },
    )
  })

  it('give rows back as they were, the document with them up to 4 KiB', () => {
    const shelf = new DocumentShelf()
    fc.assert(
      fc.property(someKey, someId, fc.jsonValue(), fc.nat(5_000), (key, id, value, length) => {
        const document = shelf.store(id, { text: 'x'.repeat(length) })
        const entry = { key, value, id, version: document.version, document, siblings: 1 } as IndexEntry
        const whole = entryKey(encodeIndexKey(key) as string, id, 3)
        const [decodedKey, decoded] = decodeRow(binaryToBytes(whole), encodeRow(entry))
        expect(decodedKey).toBe(whole)
        expect(decoded).toMatchObject({ id, siblings: 1 })
        expect(JSON.stringify(decoded.value)).toBe(JSON.stringify(value))
        expect(encodeIndexKey(decoded.key)).toBe(encodeIndexKey(key))
        expect(decoded.version.equals(document.version)).toBe(true)
        expect(decoded.document?.body).toEqual(document.body.length <= 4096 ? document.body : undefined)
      }),
      { numRuns: runs(200) },
    )
  })

  it('give traces back as they were', () => {
    fc.assert(
      fc.property(someId, fc.array(someKey, { maxLength: 4 }), fc.nat(3), (id, keys, skipped) => {
        const entryKeys = keys.map((key, i) => entryKey(encodeIndexKey(key) as string, id, i))
        const encoded = encodeTrace(id, { entryKeys, skipped })
        if (keys.length === 0 && skipped === 0) expect(encoded).toBeUndefined()
        else expect(decodeTrace(id, encoded as Uint8Array)).toEqual({ entryKeys, skipped })
      }),
      { numRuns: runs(200) },
    )
  })

  it('are CORRUPT when they are none', () => {
    const corrupt = expect.objectContaining({ code: 'CORRUPT' })
    for (const key of [
      '',
      '\x10',
      '\x99a\0\0\0\0\0',
      '\x40abc',
      '\x60\x10',
      '\x10\xff\0\0\0\0\0',
      '\x10a\x01\0\0\0\0',
    ]) {
      expect(() => splitEntryKey(key)).toThrow(corrupt)
    }
    const row = binaryToBytes(entryKey('\x10', 'a', 0))
    for (const length of [0, 10, 33, 40])
      expect(() => decodeRow(row, new Uint8Array(length))).toThrow(corrupt)
    expect(() => decodeTrace('a', Uint8Array.of(0, 2, 1, 0x10))).toThrow(corrupt)
  })
})
