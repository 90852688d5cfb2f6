import { CarBufferReader } from '@ipld/car/buffer-reader'
import { encode as encodeCbor } from '@ipld/dag-cbor'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { concatBytes, utf8ToBytes } from '../primitives/bytes.js'
import { type Block, DAG_CBOR, hashBlock, RAW, verifyBlock } from './block.js'
import { carSectionLength, decodeCar, encodeCar, readCarSections } from './car.js'

const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 })

function blocksOf(contents: readonly Uint8Array[]): Promise<Block[]> {
  return Promise.all(contents.map(bytes => hashBlock(DAG_CBOR, bytes)))
}

function expectCorrupt(bytes: Uint8Array): void {
  expect(() => decodeCar(bytes)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
}

/** A CAR as any writer could make it, section by section. */
function rawCar(header: Uint8Array, ...sections: Uint8Array[]): Uint8Array {
  const framed = [header, ...sections].map(part => concatBytes(varint(part.length), part))
  return concatBytes(...framed)
}

function varint(value: number): Uint8Array {
  return value < 128 ? Uint8Array.of(value) : Uint8Array.of((value & 127) | 128, value >> 7)
}

const header = encodeCbor({ version: 1, roots: [] })
const identity = CID.createV1(RAW, createDigest(0, utf8ToBytes('inline')))

describe('a CAR', () => {
  it('gives back roots and blocks, in order, and they verify', async () => {
    await fc.assert(
      fc.asyncProperty(contents, async contents => {
        const blocks = await blocksOf(contents)
        const roots = blocks.slice(0, 2).map(block => block.cid)
        const decoded = decodeCar(encodeCar(roots, blocks))
        expect(decoded.roots.map(String)).toEqual(roots.map(String))
        expect(decoded.blocks.map(block => [block.cid.toString(), block.bytes])).toEqual(
          blocks.map(block => [block.cid.toString(), block.bytes]),
        )
        for (const block of decoded.blocks) await verifyBlock(block)
      }),
    )
  })

  it('is read as the reader of @ipld/car reads it', async () => {
    await fc.assert(
      fc.asyncProperty(contents, async contents => {
        const blocks = await blocksOf(contents)
        const car = encodeCar(
          blocks.map(block => block.cid),
          blocks,
        )
        const reader = CarBufferReader.fromBytes(car)
        const decoded = decodeCar(car)
        expect(decoded.roots.map(String)).toEqual(reader.getRoots().map(String))
        expect(decoded.blocks.map(block => [block.cid.toString(), block.bytes])).toEqual(
          reader.blocks().map(block => [block.cid.toString(), block.bytes]),
        )
      }),
    )
  })

  it('hands out views, not copies', async () => {
    const car = encodeCar([], await blocksOf([utf8ToBytes('one'), utf8ToBytes('two')]))
    for (const { bytes } of decodeCar(car).blocks) expect(bytes.buffer).toBe(car.buffer)
  })

  it('is corrupt when it is cut off anywhere but between two blocks', async () => {
    const blocks = await blocksOf([utf8ToBytes('one'), new Uint8Array(200)])
    const car = encodeCar([], blocks)
    const whole = [0, 1, 2].map(count => encodeCar([], blocks.slice(0, count)).length)
    for (let length = 0; length < car.length; length++) {
      const cut = car.subarray(0, length)
      if (whole.includes(length)) expect(decodeCar(cut).blocks).toHaveLength(whole.indexOf(length))
      else expectCorrupt(cut)
    }
  })

  it('decodes or is corrupt, whatever the bytes', async () => {
    const car = encodeCar([], await blocksOf([utf8ToBytes('one'), new Uint8Array(200)]))
    const flips = fc.array(fc.tuple(fc.nat(car.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(flips, flips => {
        const damaged = car.slice()
        for (const [at, byte] of flips) damaged[at] = byte
        try {
          decodeCar(damaged)
        } catch (error) {
          expect(error).toMatchObject({ code: 'CORRUPT' })
        }
      }),
      { numRuns: runs(500) },
    )
  })

  it('with a section shorter than its id is corrupt, not endless', () => {
    const id = CID.createV1(DAG_CBOR, createDigest(0x12, new Uint8Array(32))).bytes
    expectCorrupt(concatBytes(rawCar(header), Uint8Array.of(1), id))
    expectCorrupt(concatBytes(rawCar(header), Uint8Array.of(35), id))
  })

  it('with a hostile length is corrupt', () => {
    expectCorrupt(concatBytes(rawCar(header), new Uint8Array(9).fill(0xff), new Uint8Array(50)))
    expectCorrupt(concatBytes(rawCar(header), Uint8Array.of(0xff, 0xff, 0xff, 0x7f), new Uint8Array(50)))
    expectCorrupt(concatBytes(rawCar(header), Uint8Array.of(0)))
  })

  it('with an id that is not a CIDv1 of SHA-256 is corrupt', () => {
    const sha512 = CID.createV1(RAW, createDigest(0x13, new Uint8Array(64)))
    const version0 = CID.createV0(createDigest(0x12, new Uint8Array(32)))
    for (const { bytes } of [identity, sha512, version0])
      expectCorrupt(rawCar(header, concatBytes(bytes, bytes)))
    expectCorrupt(rawCar(encodeCbor({ version: 1, roots: [identity] })))
  })

  it('of another version, or with another header, is corrupt', () => {
    const pragma = encodeCbor({ version: 2 })
    for (const other of [
      pragma,
      encodeCbor({ version: 2, roots: [] }),
      encodeCbor({ version: 1 }),
      encodeCbor([]),
    ]) {
      expectCorrupt(concatBytes(rawCar(other), new Uint8Array(100)))
    }
  })
})

describe('the sections of a CAR', () => {
  it('are found in any part of it that holds whole ones', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(6), async (contents, skipped) => {
        const blocks = await blocksOf(contents)
        const car = encodeCar([], blocks)
        const part = blocks.slice(skipped)
        const length = part.reduce((sum, block) => sum + carSectionLength(block), 0)
        const sections = readCarSections(car.subarray(car.length - length), 0)
        expect(readCarSections(car, car.length - length)).toHaveLength(part.length)
        const bytes = car.subarray(car.length - length)
        expect(sections.map(({ idStart, start }) => bytes.subarray(idStart, start))).toEqual(
          part.map(({ cid }) => cid.bytes),
        )
        expect(sections.map(({ start, end }) => bytes.subarray(start, end))).toEqual(
          part.map(({ bytes }) => bytes),
        )
      }),
      { numRuns: runs(50) },
    )
  })

  it('are corrupt where they are cut off, shorter than an id, or not there', async () => {
    const [block] = (await blocksOf([utf8ToBytes('one')])) as [Block]
    const section = encodeCar([], [block]).subarray(-carSectionLength(block))
    for (let length = 1; length < section.length; length++) {
      const cut = section.subarray(0, length)
      expect(() => readCarSections(cut, 0)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
    }
    for (const bytes of [section.with(0, 1), section.with(0, 0), section.with(0, 0xff)]) {
      expect(() => readCarSections(bytes, 0)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
    }
    expect(() => readCarSections(section, section.length + 1)).toThrow(
      expect.objectContaining({ code: 'CORRUPT' }),
    )
  })
})
