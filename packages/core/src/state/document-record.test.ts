import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { DAG_JSON } from '../codec/block.js'
import { cidToKey } from '../codec/cid.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { compareBytes, concatBytes, textToOrderedKey, utf8ToBytes } from '../primitives/bytes.js'
import {
  type DocumentRecord,
  decodeDocumentRecord,
  encodeDocumentRecord,
  INLINE_BYTES,
  idToTreeKey,
  type LeafRecord,
  treeKeyToId,
} from './document-record.js'
import { compareLeaves } from './leaf.js'

interface LeafShape {
  readonly height?: number
  readonly kind?: 'put' | 'deleted' | 'purged'
}

function leafOf(label: number, { height = 1, kind = 'put' }: LeafShape = {}): LeafRecord {
  const commit = testCid(label)
  const body = kind === 'put' ? testCid(label, DAG_JSON) : null
  return { commit, key: cidToKey(commit), height, body, purge: kind === 'purged' }
}

/** Small and large heights, each length of a varint. */
const heights = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
)

const anyLeaves = fc
  .array(fc.record({ height: heights, kind: fc.constantFrom('put', 'deleted', 'purged') }), {
    minLength: 1,
    maxLength: 6,
  })
  .map(shapes => shapes.map((shape, i) => leafOf(i, shape)).sort(compareLeaves))

const anyRecord = fc
  .tuple(anyLeaves, fc.uint8Array({ maxLength: 300 }))
  .map(([leaves, body]) => ({ leaves, body: leaves[0]?.body === null ? undefined : body }))

/** What a record holds, computed ids included. */
function plain({ leaves, body }: DocumentRecord) {
  return {
    leaves: leaves.map(({ commit, key, height, body, purge }) => ({ commit, key, height, body, purge })),
    body,
  }
}

function expectCorrupt(bytes: Uint8Array): void {
  expect(() => decodeDocumentRecord(bytes)).toThrowError(expect.objectContaining({ code: 'CORRUPT' }))
}

describe('a document record', () => {
  it('is read as it was written', () => {
    const property = fc.property(anyRecord, record => {
      const bytes = encodeDocumentRecord(record.leaves, record.body)
      expect(plain(decodeDocumentRecord(bytes))).toEqual(plain(record))
    })
    fc.assert(property, { numRuns: runs(200) })
  })

  it('L1: has one spelling: whatever else decodes says something else', () => {
    const damage = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 255 }))
    const property = fc.property(anyRecord, damage, ({ leaves, body }, [at, by]) => {
      const bytes = encodeDocumentRecord(leaves, body)
      const i = at % bytes.length
      bytes[i] = (bytes[i] as number) ^ by
      let decoded: DocumentRecord
      try {
        decoded = decodeDocumentRecord(bytes)
      } catch (error) {
        expect(error).toMatchObject({ code: 'CORRUPT' })
        return
      }
      expect(encodeDocumentRecord(decoded.leaves, decoded.body)).toEqual(bytes)
    })
    fc.assert(property, { numRuns: runs(300) })
  })

  it('holds the content of an undeleted winner up to the limit, and no other', () => {
    const winner = leafOf(1, { height: 2 })
    const leaves = [winner, leafOf(2)]
    const small = new Uint8Array(INLINE_BYTES).fill(1)
    expect(decodeDocumentRecord(encodeDocumentRecord(leaves, small)).body).toEqual(small)
    const large = new Uint8Array(INLINE_BYTES + 1)
    expect(encodeDocumentRecord(leaves, large)).toEqual(encodeDocumentRecord(leaves, undefined))
    expect(decodeDocumentRecord(encodeDocumentRecord(leaves, large)).body).toBeUndefined()
    expect(() => encodeDocumentRecord([leafOf(1, { kind: 'deleted' })], small)).toThrowError(
      expect.objectContaining({ code: 'INTERNAL' }),
    )
  })

  it('gives its content without copying it', () => {
    const bytes = encodeDocumentRecord([leafOf(1)], utf8ToBytes('content'))
    expect(decodeDocumentRecord(bytes).body?.buffer).toBe(bytes.buffer)
  })

  it('is refused when it is cut short anywhere, or when anything follows', () => {
    for (const kind of ['put', 'deleted'] as const) {
      const bytes = encodeDocumentRecord(
        [leafOf(1, { height: 300, kind }), leafOf(2, { kind: 'deleted' })],
        undefined,
      )
      for (let length = 0; length < bytes.length; length++) expectCorrupt(bytes.subarray(0, length))
      expectCorrupt(concatBytes(bytes, new Uint8Array(1)))
    }
  })

  it('is refused with leaves out of order, twice the same, or none', () => {
    const leaves = [leafOf(1, { height: 3 }), leafOf(2, { height: 2 }), leafOf(3, { kind: 'purged' })]
    const [first, second, third] = leaves as [LeafRecord, LeafRecord, LeafRecord]
    decodeDocumentRecord(encodeDocumentRecord(leaves, undefined))
    for (const wrong of [
      [second, first],
      [third, first],
      [first, third, second],
      [first, first],
    ])
      expectCorrupt(encodeDocumentRecord(wrong, undefined))
    expectCorrupt(Uint8Array.of(0))
  })

  it('is refused unless its leaves stand in the order of leaves', () => {
    const shapes = fc.record({ height: fc.nat(3), kind: fc.constantFrom('put', 'deleted', 'purged') })
    const property = fc.property(fc.array(shapes, { minLength: 2, maxLength: 3 }), some => {
      const leaves = some.map(({ height, kind }, i) => leafOf(i, { height: height + 1, kind }))
      const isOrdered = leaves.every(
        (leaf, i) => i === 0 || compareLeaves(leaves[i - 1] as LeafRecord, leaf) < 0,
      )
      const bytes = encodeDocumentRecord(leaves, undefined)
      if (isOrdered) expect(decodeDocumentRecord(bytes).leaves.length).toBe(leaves.length)
      else expectCorrupt(bytes)
    })
    fc.assert(property, { numRuns: runs(200) })
  })

  it('is refused with flags that say nothing', () => {
    const digest = new Uint8Array(32)
    const deleted = (flags: number) => concatBytes(Uint8Array.of(flags, 1), digest)
    const put = (flags: number, ...inline: number[]) =>
      concatBytes(Uint8Array.of(flags, 1), digest, digest, Uint8Array.of(...inline))
    const record = (...leaves: Uint8Array[]) => concatBytes(Uint8Array.of(leaves.length), ...leaves)
    for (const legal of [deleted(1), deleted(3), put(0), put(4, 1, 7)]) decodeDocumentRecord(record(legal))
    for (const flags of [5, 7, 9, 128]) {
      expectCorrupt(record(deleted(flags)))
      expectCorrupt(record(concatBytes(deleted(flags), Uint8Array.of(0))))
    }
    for (const flags of [2, 6, 8, 12, 64]) {
      expectCorrupt(record(put(flags)))
      expectCorrupt(record(put(flags, 0)))
    }
    const winner = concatBytes(Uint8Array.of(0, 2), digest, digest)
    decodeDocumentRecord(record(winner, put(0)))
    expectCorrupt(record(winner, put(4, 0)))
  })

  it('is refused with numbers that are not in their shortest form or not in range', () => {
    const rest = concatBytes(new Uint8Array(32), new Uint8Array(32))
    const withHeight = (...height: number[]) => concatBytes(Uint8Array.of(1, 0, ...height), rest)
    const heightOf = (bytes: Uint8Array) => decodeDocumentRecord(bytes).leaves[0]?.height
    expect(heightOf(withHeight(1))).toBe(1)
    expect(heightOf(withHeight(0x80, 1))).toBe(128)
    const most = [255, 255, 255, 255, 255, 255, 255]
    expect(heightOf(withHeight(...most, 15))).toBe(Number.MAX_SAFE_INTEGER)
    expectCorrupt(withHeight(0))
    expectCorrupt(withHeight(0x81, 0))
    expectCorrupt(withHeight(128, 128, 128, 128, 128, 128, 128, 16))
    expectCorrupt(withHeight(...most, 16))
    expectCorrupt(withHeight(...most, 128, 1))
    expectCorrupt(withHeight(...new Array(60).fill(128), 1))
    expectCorrupt(concatBytes(Uint8Array.of(0x81, 0, 0, 1), rest))
    const inline = (length: number, ...varint: number[]) =>
      concatBytes(Uint8Array.of(1, 4, 1), rest, Uint8Array.of(...varint), new Uint8Array(length))
    expect(decodeDocumentRecord(inline(4096, 0x80, 0x20)).body?.length).toBe(4096)
    expectCorrupt(inline(4097, 0x81, 0x20))
  })
})

describe('the key of a document', () => {
  it('stands for one id, and sorts as ids do', () => {
    const ids = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    const property = fc.property(ids, ids, (a, b) => {
      expect(treeKeyToId(idToTreeKey(a))).toBe(a)
      const order = compareBytes(idToTreeKey(a), idToTreeKey(b))
      const [x, y] = [textToOrderedKey(a), textToOrderedKey(b)]
      expect(Math.sign(order)).toBe(x < y ? -1 : x > y ? 1 : 0)
    })
    fc.assert(property, { numRuns: runs(200) })
    expect(treeKeyToId(idToTreeKey('\ufeffx'))).toBe('\ufeffx')
  })

  it('is refused when it is empty, too long or not UTF-8', () => {
    for (const key of [[], [0xff], [0xed, 0xa0, 0x80], new Array(4097).fill(0x61)]) {
      expect(() => treeKeyToId(Uint8Array.from(key))).toThrowError(
        expect.objectContaining({ code: 'CORRUPT' }),
      )
    }
    expect(treeKeyToId(new Uint8Array(4096).fill(0x61)).length).toBe(4096)
  })
})
