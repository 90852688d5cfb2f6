import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type Block, hashBlock, RAW } from '../codec/block.js'
import { encodeCar } from '../codec/car.js'
import { padme } from '../crypto/padme.js'
import { createSealer } from '../crypto/seal.js'
import type { FirekeepError } from '../errors.js'
import { concatBytes, toBase32, utf8ToBytes } from '../primitives/bytes.js'
import { blocksOf, CONTENT_KEY, LINEAGE, listBlocks, noiseBlock, PackShelf } from './fixtures/test-packs.js'
import { type DirectoryContent, encodeDirectory } from './pack-directory.js'
import { encodeIndexPage, type IndexEntry } from './pack-index.js'
import type { PackInfo } from './pack-info.js'
import { writePack } from './write-pack.js'

const HEADER = 77

/** Three small blocks in one frame, and one in a frame of its own. */
async function sampleBlocks(): Promise<Block[]> {
  const small = await blocksOf(RAW, ['one', 'two', 'three'].map(utf8ToBytes))
  return [...small, await noiseBlock(RAW, 1, 40_000)]
}

/** What comes of reading every block and the list of a pack whose sealed bytes are these. */
async function outcomes(shelf: PackShelf, info: PackInfo, blocks: readonly Block[]): Promise<string[]> {
  const store = shelf.store()
  store.use([info], 'tree')
  const outcome = async (call: () => unknown) => {
    try {
      await call()
      return 'read'
    } catch (error) {
      const { code, details, message } = error as FirekeepError
      const isNamedOnce = details?.pack === info.name && message.split(info.name).length === 2
      return isNamedOnce ? code : `not named once, ${code}: ${message}`
    }
  }
  const reads = blocks.map(({ cid, bytes }) =>
    outcome(async () => expect(Buffer.compare(await store.get(cid), bytes)).toBe(0)),
  )
  return Promise.all([...reads, outcome(() => listBlocks(store, info))])
}

describe('a pack whose bytes were changed', () => {
  it('is corrupt wherever the bit is that was flipped, or whole where it does not matter', async () => {
    const shelf = await PackShelf.open()
    const blocks = await sampleBlocks()
    const { info, bytes } = await writePack(blocks, shelf)
    const everywhere = fc.nat(bytes.length - 1)
    const atTheEdges = fc.oneof(
      fc.nat(HEADER),
      fc.nat(300).map(back => bytes.length - 1 - back),
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(everywhere, atTheEdges), fc.nat(7), async (at, bit) => {
        await shelf.put(info.name, bytes.with(at, (bytes[at] as number) ^ (1 << bit)))
        const codes = await outcomes(shelf, info, blocks)
        // The version in the header may be raised to one that is not known.
        const expected = at === 4 ? ['CORRUPT', 'UNSUPPORTED_FORMAT'] : ['CORRUPT', 'read']
        for (const code of codes) expect(expected).toContain(code)
        expect(codes).not.toEqual(codes.map(() => 'read'))
        if (at < HEADER || at >= info.directory.offset) expect(codes).not.toContain('read')
      }),
      { numRuns: runs(120) },
    )
  })

  it('is corrupt when it is cut off anywhere', async () => {
    const shelf = await PackShelf.open()
    const blocks = await sampleBlocks()
    const { info, bytes } = await writePack(blocks, shelf)
    const lengths = [0, 1, HEADER - 1, HEADER, info.directory.offset, bytes.length - 1]
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(bytes.length - 1), fc.constantFrom(...lengths)), async length => {
        await shelf.put(info.name, bytes.subarray(0, length))
        expect(new Set(await outcomes(shelf, info, blocks))).toEqual(new Set(['CORRUPT']))
      }),
      { numRuns: runs(30) },
    )
  })

  it('is gone, not corrupt, when the storage has it no more', async () => {
    const shelf = await PackShelf.open()
    const blocks = await sampleBlocks()
    const { info } = await writePack(blocks, shelf)
    expect(new Set(await outcomes(shelf, info, blocks))).toEqual(new Set(['BLOCK_MISSING']))
  })

  it('is corrupt when frames have changed places or came from another pack', async () => {
    const shelf = await PackShelf.open()
    const blocks = await Promise.all([0, 1].map(seed => noiseBlock(RAW, seed, 30_000)))
    const [one, two] = [await writePack(blocks, shelf), await writePack(blocks, shelf)]
    // Both are padded to the same length.
    const length = 28 + padme(30_100)
    const part = (pack: { bytes: Uint8Array }, from: number, to?: number) => pack.bytes.subarray(from, to)
    const [first, second, third] = [HEADER, HEADER + length, HEADER + 2 * length]
    const swapped = concatBytes(
      part(one, 0, first),
      part(one, second, third),
      part(one, first, second),
      part(one, third),
    )
    const mixedFrame = concatBytes(part(one, 0, first), part(two, first, second), part(one, second))
    const mixedDirectory = concatBytes(
      part(one, 0, one.info.directory.offset),
      part(two, two.info.directory.offset),
    )
    const mixedHeader = concatBytes(part(two, 0, HEADER), part(one, HEADER))
    for (const bytes of [swapped, mixedFrame, mixedDirectory, mixedHeader]) {
      expect(bytes).toHaveLength(one.bytes.length)
      await shelf.put(one.info.name, bytes)
      const codes = await outcomes(shelf, one.info, blocks)
      expect(codes).toContain('CORRUPT')
      expect(codes.at(-1)).toBe('CORRUPT')
    }
  })

  it('is corrupt when it was sealed for another database, or is of another kind', async () => {
    const shelf = await PackShelf.open()
    const blocks = await sampleBlocks()
    const others = await Promise.all([
      createSealer({ contentKey: CONTENT_KEY, lineage: LINEAGE.with(0, 0), kind: 'pack' }),
      createSealer({ contentKey: CONTENT_KEY.with(0, 0), lineage: LINEAGE, kind: 'pack' }),
      createSealer({ contentKey: CONTENT_KEY, lineage: LINEAGE, kind: 'record' }),
    ])
    for (const sealer of others) {
      const { info, bytes } = await writePack(blocks, { sealer, compress: true })
      await shelf.put(info.name, bytes)
      expect(new Set(await outcomes(shelf, info, blocks))).toEqual(new Set(['CORRUPT']))
    }
  })

  it('is corrupt when what is said of it is impossible', async () => {
    const shelf = await PackShelf.open()
    const blocks = await sampleBlocks()
    const info = await shelf.write(blocks)
    const { offset, length } = info.directory
    const directories = [
      { offset: offset + 1, length: length - 1 },
      { offset: offset - 1, length: length + 1 },
      { offset: 0, length: info.length },
      { offset: info.length, length: 0 },
      { offset: -1, length: info.length + 1 },
      { offset: Number.NaN, length },
      { offset: 2 ** 53, length: 100 },
    ]
    for (const directory of directories) {
      const lie = { ...info, directory }
      expect(new Set(await outcomes(shelf, lie, blocks))).toEqual(new Set(['CORRUPT']))
    }
    expect(new Set(await outcomes(shelf, { ...info, length: info.length + 1 }, blocks))).toEqual(
      new Set(['CORRUPT']),
    )
  })
})

const STORED = Uint8Array.of(0)

interface ForgedPack {
  /** Contents of the frames before the directory, with what they begin with. */
  readonly frames: readonly Uint8Array[]
  readonly directory: (lengths: readonly number[]) => Uint8Array
}

/** Any pack that the holder of the key could make. */
async function forge(shelf: PackShelf, { frames, directory }: ForgedPack): Promise<PackInfo> {
  const writer = shelf.sealer.startFrames()
  const sealed: Uint8Array[] = []
  for (const frame of frames) sealed.push(await writer.add(frame))
  const last = await writer.end(concatBytes(STORED, directory(sealed.map(({ length }) => length))))
  const bytes = concatBytes(writer.header, ...sealed, last)
  const name = toBase32((await hashBlock(RAW, bytes)).cid.multihash.digest)
  await shelf.put(name, bytes)
  const offset = bytes.length - last.length
  return { name, length: bytes.length, directory: { offset, length: last.length } }
}

/** A pack of two blocks in one frame, each part of which may be another. */
async function forgeTwo(
  shelf: PackShelf,
  change: (honest: HonestParts) => Partial<HonestParts>,
): Promise<PackInfo> {
  const blocks = await twoBlocks()
  const [one, two] = blocks as [Block, Block]
  const car = encodeCar([], blocks)
  const entries = [
    { digest: one.cid.multihash.digest, frame: 0, offset: car.length - 3 - 37 - 3, length: 3 },
    { digest: two.cid.multihash.digest, frame: 0, offset: car.length - 3, length: 3 },
  ].sort((a, b) => Buffer.compare(a.digest, b.digest))
  const honest: HonestParts = { car, entries, directory: {}, raw: bytes => bytes }
  const { car: content, entries: listed, directory, raw } = { ...honest, ...change(honest) }
  return forge(shelf, {
    frames: [concatBytes(STORED, content), concatBytes(STORED, encodeIndexPage(listed))],
    directory: lengths =>
      raw(
        encodeDirectory({
          blocks: 2,
          blockFrames: 1,
          lengths,
          firstDigests: [entries[0]?.digest as Uint8Array],
          ...directory,
        }),
      ),
  })
}

interface HonestParts {
  readonly car: Uint8Array
  readonly entries: readonly IndexEntry[]
  readonly directory: Partial<DirectoryContent>
  readonly raw: (directory: Uint8Array) => Uint8Array
}

function twoBlocks(): Promise<Block[]> {
  return blocksOf(RAW, ['one', 'two'].map(utf8ToBytes))
}

describe('a pack made by a hostile holder of the key', () => {
  it('would be read were it honest', async () => {
    const shelf = await PackShelf.open()
    const info = await forgeTwo(shelf, () => ({}))
    expect(await outcomes(shelf, info, await twoBlocks())).toEqual(['read', 'read', 'read'])
  })

  const changeHead = (at: number, value: number) => (bytes: Uint8Array) => {
    const changed = bytes.slice()
    new DataView(changed.buffer).setUint32(at, value)
    return changed
  }
  const directories: [string, (bytes: Uint8Array) => Uint8Array][] = [
    ['is empty', () => new Uint8Array(0)],
    ['is cut off', bytes => bytes.subarray(0, -1)],
    ['is too long', bytes => concatBytes(bytes, STORED)],
    ['has version 0', bytes => bytes.with(0, 0)],
    ['counts more blocks', changeHead(1, 2000)],
    ['counts no blocks', changeHead(1, 0)],
    ['counts ever so many block frames', changeHead(5, 2 ** 32 - 1)],
    ['counts ever so many pages', changeHead(9, 2 ** 32 - 1)],
    [
      'counts ever so many of everything',
      bytes => changeHead(1, 2 ** 32 - 1)(changeHead(5, 2 ** 32 - 1)(bytes)),
    ],
    ['has no block frames', changeHead(5, 0)],
    ['calls its page a block frame', changeHead(5, 2)],
    ['has a frame without length', changeHead(13, 0)],
    ['has a frame that reaches beyond', changeHead(13, 2 ** 32 - 1)],
  ]
  it.each(directories)('is corrupt when its directory %s', async (_, raw) => {
    const shelf = await PackShelf.open()
    const info = await forgeTwo(shelf, () => ({ raw }))
    expect(await outcomes(shelf, info, await twoBlocks())).toEqual(['CORRUPT', 'CORRUPT', 'CORRUPT'])
  })

  it('needs a newer version when its directory is of one', async () => {
    const shelf = await PackShelf.open()
    const info = await forgeTwo(shelf, () => ({ raw: bytes => bytes.with(0, 2) }))
    const codes = await outcomes(shelf, info, [])
    expect(codes).toEqual(['UNSUPPORTED_FORMAT'])
  })

  const indexes: [string, (entries: readonly IndexEntry[]) => readonly Partial<IndexEntry>[]][] = [
    ['is not in order', ([one, two]) => [two as IndexEntry, one as IndexEntry]],
    ['lists fewer blocks', ([one]) => [one as IndexEntry]],
    ['lists more blocks', ([one, two]) => [one as IndexEntry, two as IndexEntry, two as IndexEntry]],
    ['names a frame that is not there', entries => entries.map(entry => ({ ...entry, frame: 1 }))],
    ['names a place beyond the frame', entries => entries.map(entry => ({ ...entry, offset: 2 ** 32 - 1 }))],
    ['names another length', entries => entries.map(entry => ({ ...entry, length: 2 }))],
    ['names ever so long a block', entries => entries.map(entry => ({ ...entry, length: 2 ** 32 - 1 }))],
    [
      'names the place of another block',
      entries => entries.map((entry, i) => ({ ...entry, offset: entries[1 - i]?.offset ?? 0 })),
    ],
  ]
  it.each(indexes)('is corrupt when its index %s', async (_, change) => {
    const shelf = await PackShelf.open()
    const info = await forgeTwo(shelf, ({ entries }) => ({ entries: change(entries) as IndexEntry[] }))
    expect((await outcomes(shelf, info, await twoBlocks())).slice(0, 2)).toEqual(['CORRUPT', 'CORRUPT'])
  })

  const cars: [string, (car: Uint8Array) => Uint8Array][] = [
    ['are none', () => new Uint8Array(0)],
    ['are cut off', car => car.subarray(0, -1)],
    ['have no header', car => car.subarray(18)],
    ['are followed by something', car => concatBytes(car, STORED)],
    ['are not those of their ids', car => car.with(-1, 0).with(car.length - 43, 0)],
  ]
  it.each(cars)('is corrupt when its blocks %s', async (_, change) => {
    const shelf = await PackShelf.open()
    const info = await forgeTwo(shelf, ({ car }) => ({ car: change(car) }))
    expect(await outcomes(shelf, info, await twoBlocks())).toEqual(['CORRUPT', 'CORRUPT', 'CORRUPT'])
  })

  it('is corrupt when it holds fewer blocks than it says', async () => {
    const shelf = await PackShelf.open()
    const [one] = (await twoBlocks()) as [Block]
    const info = await forgeTwo(shelf, () => ({ car: encodeCar([], [one]) }))
    expect((await outcomes(shelf, info, [])).at(-1)).toBe('CORRUPT')
  })
})
