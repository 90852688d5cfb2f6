import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Block, DAG_CBOR, DAG_JSON, hashBlock, RAW } from '../codec/block.js'
import { decodeCar } from '../codec/car.js'
import { concatBytes, toBase32, utf8ToBytes } from '../primitives/bytes.js'
import { blocksOf, noiseBlock, openPackSealer } from './fixtures/test-packs.js'
import { writePack } from './write-pack.js'

/** About what bodies look like: 300 bytes each. */
function bodies(count: number): Promise<Block[]> {
  const texts = Array.from({ length: count }, (_, i) =>
    JSON.stringify([
      'c2FsdHNhbHRzYWx0c2FsdA',
      { state: 'please-run', title: `task ${i}`, note: 'n'.repeat(200) },
    ]),
  )
  return blocksOf(DAG_JSON, texts.map(utf8ToBytes))
}

/** Reads a pack by the tables of `docs/format.md`. */
async function readByFormat(bytes: Uint8Array, directoryAt: number) {
  const sealer = await openPackSealer()
  const header = bytes.subarray(0, 77)
  const unpack = (content: Uint8Array) => {
    if (content[0] === 0) return content.subarray(1)
    expect(content[0]).toBe(1)
    const unpacked = inflateRawSync(content.subarray(5))
    expect(new DataView(content.buffer, content.byteOffset).getUint32(1)).toBe(unpacked.length)
    return new Uint8Array(unpacked)
  }
  const directory = unpack(await sealer.openFrame(header, 'last', bytes.subarray(directoryAt)))
  const view = new DataView(directory.buffer, directory.byteOffset, directory.length)
  const [version, blocks, blockFrames, pages] = [
    view.getUint8(0),
    view.getUint32(1),
    view.getUint32(5),
    view.getUint32(9),
  ]
  const frames: { content: Uint8Array; packed: boolean }[] = []
  let offset = 77
  for (let number = 0; number < blockFrames + pages; number++) {
    const length = view.getUint32(13 + 4 * number)
    const content = await sealer.openFrame(header, number, bytes.subarray(offset, offset + length))
    frames.push({ content: unpack(content), packed: content[0] === 1 })
    offset += length
  }
  expect(offset).toBe(directoryAt)
  expect(directory.length).toBe(13 + 4 * (blockFrames + pages) + 16 * pages)
  const firsts = directory.subarray(13 + 4 * (blockFrames + pages))
  return { version, blocks, blockFrames, frames, index: frames.slice(blockFrames), firsts }
}

describe('a pack', () => {
  it('is laid out as the format says', async () => {
    const sealer = await openPackSealer()
    const blocks = [...(await bodies(2500)), await noiseBlock(RAW, 1, 100_000)]
    const { info, bytes } = await writePack(blocks, { sealer, compress: true })
    const read = await readByFormat(bytes, info.directory.offset)
    expect(read).toMatchObject({ version: 1, blocks: 2501 })
    const blockFrames = read.frames.slice(0, read.blockFrames)
    const car = decodeCar(concatBytes(...blockFrames.map(({ content }) => content)))
    expect(car.roots).toEqual([])
    expect(car.blocks.map(({ cid }) => cid.toString())).toEqual(blocks.map(({ cid }) => cid.toString()))
    const entries = concatBytes(...read.index.map(({ content }) => content))
    expect(read.index.map(({ content }) => content.length / 28)).toEqual([1170, 1170, 161])
    expect(
      read.index.map(({ content }) => Buffer.from(content.subarray(0, 16)).toString('hex')).join(''),
    ).toBe(Buffer.from(read.firsts).toString('hex'))
    const view = new DataView(entries.buffer)
    const digests: string[] = []
    const hashes: string[] = []
    for (let at = 0; at < entries.length; at += 28) {
      const [frame, offset, length] = [
        view.getUint32(at + 16),
        view.getUint32(at + 20),
        view.getUint32(at + 24),
      ]
      const block = blockFrames[frame]?.content.subarray(offset, offset + length) as Uint8Array
      const digest = Buffer.from(entries.subarray(at, at + 16)).toString('hex')
      hashes.push(createHash('sha256').update(block).digest('hex').slice(0, 32))
      digests.push(digest)
    }
    expect(hashes).toEqual(digests)
    expect(digests).toEqual([...digests].sort())
  })

  it('is named by the SHA-256 of its sealed bytes', async () => {
    const { info, bytes } = await writePack(await bodies(10), {
      sealer: await openPackSealer(),
      compress: true,
    })
    expect(info.name).toBe(toBase32(createHash('sha256').update(bytes).digest()))
    expect(info.length).toBe(bytes.length)
    expect(info.directory.offset + info.directory.length).toBe(bytes.length)
  })

  it('has frames of up to 32 KiB, but for a larger block, which has one to itself', async () => {
    const large = await noiseBlock(RAW, 1, 70_000)
    const few = await bodies(300)
    const blocks = [...few.slice(0, 50), large, ...few.slice(50)]
    const { info, bytes } = await writePack(blocks, { sealer: await openPackSealer(), compress: false })
    const read = await readByFormat(bytes, info.directory.offset)
    const lengths = read.frames.slice(0, read.blockFrames).map(({ content }) => content.length)
    expect(lengths[1]).toBe(70_000 + 3 + 36)
    expect(lengths.filter(length => length > 32_766)).toHaveLength(1)
    expect(lengths.filter(length => length > 31_000).length).toBeGreaterThan(2)
  })

  it('compresses what can be compressed, where it is allowed to', async () => {
    const sealer = await openPackSealer()
    const blocks = [...(await bodies(100)), await noiseBlock(RAW, 1, 100_000)]
    const [small, large] = [
      await writePack(blocks, { sealer, compress: true }),
      await writePack(blocks, { sealer, compress: false }),
    ]
    const packed = async ({ info, bytes }: typeof small) =>
      (await readByFormat(bytes, info.directory.offset)).frames.map(({ packed }) => packed)
    expect(await packed(small)).toEqual([true, false, false])
    expect(await packed(large)).toEqual([false, false, false])
    expect(small.bytes.length).toBeLessThan(large.bytes.length)
  })

  it('of nothing is a pack', async () => {
    const { info, bytes } = await writePack([], { sealer: await openPackSealer(), compress: true })
    const read = await readByFormat(bytes, info.directory.offset)
    expect(read).toMatchObject({ blocks: 0, blockFrames: 1 })
    expect(decodeCar(read.frames[0]?.content as Uint8Array).blocks).toEqual([])
  })

  it('holds a block once, however often and under whatever codec it is given', async () => {
    const [one, two] = (await blocksOf(DAG_CBOR, ['one', 'two'].map(utf8ToBytes))) as [Block, Block]
    const same = await hashBlock(RAW, one.bytes)
    const given = [one, two, one, same, two]
    const { info, bytes } = await writePack(given, { sealer: await openPackSealer(), compress: true })
    const read = await readByFormat(bytes, info.directory.offset)
    expect(decodeCar(read.frames[0]?.content as Uint8Array).blocks.map(({ cid }) => cid.toString())).toEqual(
      [one, two].map(({ cid }) => cid.toString()),
    )
  })

  it('shows nothing of what it holds: no id, no digest, no text', async () => {
    const blocks = await bodies(200)
    for (const compress of [true, false]) {
      const { bytes } = await writePack(blocks, { sealer: await openPackSealer(), compress })
      const text = Buffer.from(bytes)
      for (const { cid, bytes } of blocks) {
        expect(text.includes(Buffer.from(cid.multihash.digest.subarray(0, 8)))).toBe(false)
        expect(text.includes(Buffer.from(bytes.subarray(30, 60)))).toBe(false)
      }
      for (const word of ['please-run', 'state', 'roots']) expect(text.includes(word)).toBe(false)
    }
  })

  it('gives way after every frame', async () => {
    let pauses = 0
    const pause = async () => void pauses++
    const blocks = await Promise.all([1, 2, 3].map(seed => noiseBlock(RAW, seed, 30_000)))
    await writePack(blocks, { sealer: await openPackSealer(), compress: true, pause })
    expect(pauses).toBe(3 + 1 + 1)
  })

  it('takes no block that no reader would', async () => {
    const bytes = new Uint8Array(2 ** 25)
    const block = await hashBlock(RAW, bytes)
    const writing = writePack([block], { sealer: await openPackSealer(), compress: true })
    await expect(writing).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
})
