import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { deflateSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { concatBytes, utf8ToBytes } from '../primitives/bytes.js'
import { MAX_CONTENT_BYTES, type NodeZlib, packContent, unpackContent } from './compression.js'

const node: NodeZlib = { deflateRawSync, inflateRawSync }
const engines = [
  ['Node', node],
  ['fflate', null],
] as const

const contents = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc
    .tuple(fc.string({ maxLength: 100 }), fc.nat(200))
    .map(([text, times]) => utf8ToBytes(text.repeat(times))),
  fc.nat(200_000).map(length => new Uint8Array(length)),
)

/** A frame that says it is deflated, with these bytes behind. */
function deflatedFrame(length: number, deflated: Uint8Array): Uint8Array {
  const head = new Uint8Array(5)
  head[0] = 1
  new DataView(head.buffer).setUint32(1, length)
  return concatBytes(head, deflated)
}

describe.each(engines)('contents packed by %s', (_, writer) => {
  it.each(engines)('are what %s unpacks', (_, reader) => {
    fc.assert(
      fc.property(contents, fc.boolean(), (content, compress) => {
        const packed = packContent(content, compress, writer)
        expect(Buffer.compare(unpackContent(packed, reader), content)).toBe(0)
        expect(packed.length).toBeLessThanOrEqual(content.length + 1)
      }),
      { numRuns: runs(100) },
    )
  })

  it('are compressed only on demand, and where an eighth is saved', () => {
    const text = utf8ToBytes('please-run '.repeat(100))
    expect(packContent(text, true, writer).length).toBeLessThan(text.length / 8)
    expect(packContent(text, false, writer)).toEqual(concatBytes(Uint8Array.of(0), text))
    const noise = crypto.getRandomValues(new Uint8Array(1000))
    expect(packContent(noise, true, writer)).toEqual(concatBytes(Uint8Array.of(0), noise))
    const mostlyNoise = concatBytes(noise, new Uint8Array(100))
    expect(packContent(mostlyNoise, true, writer)[0]).toBe(0)
  })
})

describe.each(engines)('contents unpacked by %s', (_, reader) => {
  const expectCorrupt = (packed: Uint8Array) =>
    expect(() => unpackContent(packed, reader)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))

  it('are corrupt when they are longer or shorter than they say', () => {
    const deflated = deflateSync(new Uint8Array(1000))
    for (const length of [0, 1, 999, 1001, 2000]) expectCorrupt(deflatedFrame(length, deflated))
    expect(unpackContent(deflatedFrame(1000, deflated), reader)).toEqual(new Uint8Array(1000))
  })

  it('are corrupt when they claim more than their bytes can hold, and nothing is set aside for it', () => {
    expectCorrupt(deflatedFrame(2 ** 32 - 1, new Uint8Array(100)))
    expectCorrupt(deflatedFrame(MAX_CONTENT_BYTES + 1, new Uint8Array(100_000)))
    expectCorrupt(deflatedFrame(100 * 1032 + 1, new Uint8Array(100)))
  })

  it('are corrupt when there are none, or their form is unknown', () => {
    for (const bytes of [[], [2], [0xff, 1, 2], [1], [1, 0, 0, 0, 0], [1, 0, 0, 0, 1]]) {
      expectCorrupt(Uint8Array.from(bytes))
    }
  })

  it('are contents or corrupt, whatever the bytes', () => {
    const deflated = packContent(utf8ToBytes('{"state":"please-run"},'.repeat(40)), true, node)
    const flips = fc.array(fc.tuple(fc.nat(deflated.length - 1), fc.nat(255)), { maxLength: 4 })
    const damaged = flips.map(flips => {
      const bytes = deflated.slice()
      for (const [at, byte] of flips) bytes[at] = byte
      return bytes
    })
    const noise = fc.tuple(fc.nat(5000), fc.uint8Array({ maxLength: 200 }))
    fc.assert(
      fc.property(
        fc.oneof(
          damaged,
          noise.map(([length, bytes]) => deflatedFrame(length, bytes)),
        ),
        packed => {
          try {
            expect(unpackContent(packed, reader).length).toBeLessThan(300_000)
          } catch (error) {
            expect(error).toMatchObject({ code: 'CORRUPT' })
          }
        },
      ),
      { numRuns: runs(500) },
    )
  })
})
