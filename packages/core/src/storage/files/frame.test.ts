import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, type FrameContent, parseFrame } from './frame.js'

const key = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map(code => String.fromCharCode(code)),
  maxLength: 256,
})
const value = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.record({ file: key.map(name => name.slice(0, 40)), length: fc.maxSafeNat() }),
)
const content: fc.Arbitrary<FrameContent> = fc.record({
  seq: fc.maxSafeNat(),
  puts: fc.array(fc.tuple(key, value), { maxLength: 5 }),
  deletes: fc.array(key, { maxLength: 5 }),
})

describe('a frame', () => {
  it('comes back as it was written, wherever it stands', () => {
    fc.assert(
      fc.property(content, fc.nat(20), (frame, at) => {
        const bytes = placed(encodeFrame(frame, crc32), at)
        const parsed = parseFrame(bytes, at, crc32)
        expect(parsed).toMatchObject({ kind: 'batch', seq: frame.seq, deletes: frame.deletes })
        expect(parsed?.length).toBe(bytes.length - at)
        const puts = parsed?.puts.map(({ key, file, offset, length }) =>
          file === undefined
            ? [key, bytes.slice(at + offset, at + offset + length)]
            : [key, { file, length }],
        )
        expect(puts).toEqual(frame.puts)
      }),
    )
  })

  it('is none with any bit flipped, or cut off anywhere', () => {
    fc.assert(
      fc.property(content, fc.nat(), (frame, position) => {
        const bytes = encodeFrame(frame, crc32)
        const bit = position % (bytes.length * 8)
        const flipped = bytes.slice()
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(parseFrame(flipped, 0, crc32)).toBeUndefined()
        expect(parseFrame(bytes.slice(0, position % bytes.length), 0, crc32)).toBeUndefined()
      }),
    )
  })

  it('is not seen in zeros, which is what a power failure leaves', () => {
    expect(parseFrame(new Uint8Array(1_000), 0, crc32)).toBeUndefined()
  })

  it('of an unknown kind is UNSUPPORTED_FORMAT', () => {
    const bytes = encodeFrame({ seq: 1, puts: [], deletes: [] }, crc32)
    bytes[8] = 9
    new DataView(bytes.buffer).setUint32(4, crc32(bytes.subarray(8)), true)
    expect(() => parseFrame(bytes, 0, crc32)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_FORMAT' }))
  })

  it.each([['a'.repeat(257)], ['ä'], [undefined as unknown as string]])('refuses the key %j', wrong => {
    expect(() => encodeFrame({ seq: 1, puts: [], deletes: [wrong] }, crc32)).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    )
  })
})

function placed(bytes: Uint8Array, at: number): Uint8Array {
  const result = new Uint8Array(at + bytes.length)
  result.set(bytes, at)
  return result
}
