import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type Block, DAG_CBOR, DAG_JSON, RAW } from '../codec/block.js'
import { createCid } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'
import { utf8ToBytes } from '../primitives/bytes.js'
import { blocksOf, listBlocks, noiseBlock, PackShelf } from './fixtures/test-packs.js'
import { PackStore } from './pack-store.js'

/** Blocks of `count` frames: each of 30 KB. */
function frames(count: number, codec = RAW): Promise<Block[]> {
  return Promise.all(Array.from({ length: count }, (_, seed) => noiseBlock(codec, seed, 30_000)))
}

/** A store that uses one new pack of tree nodes. */
async function storeOf(blocks: readonly Block[], cacheBytes?: number) {
  const shelf = await PackShelf.open()
  const info = await shelf.write(blocks)
  const store = shelf.store(cacheBytes)
  store.use([info], 'tree')
  return { shelf, info, store }
}

async function expectBytes(store: PackStore, { cid, bytes }: Block): Promise<void> {
  expect(Buffer.compare(await store.get(cid), bytes)).toBe(0)
}

const failure = async (call: () => unknown): Promise<FirekeepError> => {
  try {
    await call()
  } catch (error) {
    return error as FirekeepError
  }
  throw new Error('it did not fail')
}

const contents = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(40_000).map(length => new Uint8Array(length).fill(length)),
    fc.tuple(fc.string({ maxLength: 100 }), fc.nat(100)).map(([text, n]) => utf8ToBytes(text.repeat(n))),
  ),
  { maxLength: 30 },
)

describe('a pack store', () => {
  it('gives back every block of a pack, whatever the blocks are', async () => {
    const shelf = await PackShelf.open()
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.boolean(),
        fc.constantFrom(0, 50_000, 2 ** 20),
        async (contents, compress, cache) => {
          const blocks = await blocksOf(RAW, contents)
          const info = await shelf.write(blocks, compress)
          const store = shelf.store(cache)
          store.use([info], 'tree')
          for (const block of blocks) await expectBytes(store, block)
          for (const { cid } of blocks) expect(await store.find(cid)).toBe(info)
          const unique = [...new Map(blocks.map(block => [block.cid.toString(), block])).values()]
          const listed = await listBlocks(store, info)
          expect(listed.map(({ cid }) => cid.toString())).toEqual(unique.map(({ cid }) => cid.toString()))
          for (const [i, { bytes }] of listed.entries()) {
            expect(Buffer.compare(bytes, unique[i]?.bytes as Uint8Array)).toBe(0)
          }
          expect(store.cachedBytes).toBeLessThanOrEqual(cache)
        },
      ),
      { numRuns: runs(40) },
    )
  })

  it('gives back the largest blocks and empty ones', async () => {
    const blocks = [
      await noiseBlock(RAW, 1, 0),
      await noiseBlock(RAW, 2, 200_000),
      await noiseBlock(RAW, 3, 5),
    ]
    const large = new Uint8Array(16 * 2 ** 20).fill(7)
    const { store, info } = await storeOf([...blocks, ...(await blocksOf(RAW, [large]))])
    for (const block of blocks) await expectBytes(store, block)
    expect((await listBlocks(store, info)).map(({ bytes }) => bytes.length)).toEqual([0, 200_000, 5, 2 ** 24])
  })

  it('finds each of the blocks of many index pages, and no other', async () => {
    const numbers = Array.from({ length: 3000 }, (_, i) => Uint8Array.of(i >> 8, i))
    const blocks = await blocksOf(RAW, numbers)
    const { store, info, shelf } = await storeOf(blocks)
    const read: Uint8Array[] = []
    for (const { cid } of blocks) read.push(await store.get(cid))
    expect(read.map(([high, low]) => ((high ?? 0) << 8) | (low ?? 0))).toEqual(blocks.map((_, i) => i))
    for (const { cid } of await blocksOf(RAW, [Uint8Array.of(1), Uint8Array.of(2)])) {
      expect(await store.find(cid)).toBeUndefined()
    }
    for (const fill of [0, 255]) {
      expect(await store.find(createCid(RAW, new Uint8Array(32).fill(fill)))).toBeUndefined()
    }
    expect(await listBlocks(store, info)).toHaveLength(3000)
    expect(new Set(shelf.storage.reads.map(({ offset }) => offset)).size).toBeLessThan(20)
  })

  it('answers at once, with the same array, what is in memory', async () => {
    const blocks = await blocksOf(RAW, [utf8ToBytes('one'), utf8ToBytes('two'), new Uint8Array(9000)])
    const { store } = await storeOf(blocks)
    const [one, two, large] = blocks as [Block, Block, Block]
    const first = await store.get(one.cid)
    expect(store.get(one.cid)).toBe(first)
    expect(store.get(two.cid)).toEqual(two.bytes)
    // WebCrypto hashes this one, so it is there after it was asked for once.
    const handed = await Promise.all([store.get(large.cid), store.get(large.cid)])
    expect(handed[0]).toBe(handed[1])
    expect(store.get(large.cid)).toBe(handed[0])
  })
})

describe('the reads of a pack store', () => {
  it('are header and directory, one index page and one frame for the first block, then a frame each', async () => {
    const blocks = await frames(3)
    const { store, shelf } = await storeOf(blocks)
    const counts: number[] = []
    for (const { cid } of [...blocks, ...blocks]) counts.push(await shelf.countReads(() => store.get(cid)))
    expect(counts).toEqual([4, 1, 1, 0, 0, 0])
    const read = shelf.storage.reads.reduce((sum, { length }) => sum + length, 0)
    expect(store.reads).toEqual({ ranges: 6, bytes: read })
  })

  it('are shared by all who want the same at one time', async () => {
    const small = await blocksOf(
      RAW,
      Array.from({ length: 50 }, (_, i) => utf8ToBytes(`block ${i}`)),
    )
    const { store, shelf } = await storeOf(small)
    const reads = await shelf.countReads(() => Promise.all(small.map(({ cid }) => store.get(cid))))
    expect(reads).toBe(4)
  })

  it('are few where all of a pack is listed, which leaves the cache as it is', async () => {
    const blocks = await frames(20)
    const { store, shelf, info } = await storeOf(blocks)
    const counted = await shelf.countReads(() => listBlocks(store, info))
    expect(counted).toBe(2 + 3)
    expect(store.cachedBytes).toBe(0)
  })

  it('are repeated by the next call after one that failed', async () => {
    const { store, shelf, info } = await storeOf(await frames(1))
    const [{ cid }] = (await frames(1)) as [Block]
    const bytes = (await shelf.storage.getRange(`pack/${info.name}`, 0, info.length)) as Uint8Array
    await shelf.storage.remove(`pack/${info.name}`)
    await expect(store.get(cid)).rejects.toMatchObject({
      code: 'BLOCK_MISSING',
      details: { pack: info.name },
    })
    await shelf.put(info.name, bytes)
    expect(await store.get(cid)).toHaveLength(30_000)
  })

  it('are none for the other blocks of an opened frame, and for those that were just written', async () => {
    const blocks = await blocksOf(
      RAW,
      Array.from({ length: 3000 }, (_, i) => Uint8Array.of(i >> 8, i)),
    )
    const { store, shelf } = await storeOf(blocks)
    await store.get((blocks[0] as Block).cid)
    // The next block of the frame stands on another index page, or not: no page is read for it.
    expect(await shelf.countReads(() => store.get((blocks[1] as Block).cid))).toBe(0)
    const other = shelf.store()
    other.remember(await shelf.write(blocks), blocks)
    expect(blocks.every(({ cid, bytes }) => other.get(cid) === bytes)).toBe(true)
    expect(other.reads.ranges).toBe(0)
  })
})

describe('the cache of a pack store', () => {
  it('stays within its bound, and what it forgot is read again', async () => {
    const blocks = await frames(6)
    const { store, shelf } = await storeOf(blocks, 100_000)
    const held = await store.get((blocks[0] as Block).cid)
    for (const block of blocks) {
      await expectBytes(store, block)
      expect(store.cachedBytes).toBeLessThanOrEqual(100_000)
    }
    expect(await shelf.countReads(() => store.get((blocks[5] as Block).cid))).toBe(0)
    const all = () => Promise.all(blocks.map(({ cid }) => store.get(cid)))
    expect(await shelf.countReads(all)).toBeGreaterThan(0)
    expect(Buffer.compare(held, (blocks[0] as Block).bytes)).toBe(0)
  })

  it('keeps what is used', async () => {
    const blocks = await frames(6)
    const { store, shelf } = await storeOf(blocks, 100_000)
    const [used, ...others] = blocks as [Block, ...Block[]]
    await store.get(used.cid)
    for (const { cid } of others) {
      await store.get(cid)
      expect(await shelf.countReads(() => store.get(used.cid))).toBe(0)
    }
  })

  it('takes of what was written no more than it holds', async () => {
    const blocks = await frames(6)
    const { store, info } = await storeOf([])
    const bounded = (await storeOf([], 100_000)).store
    for (const each of [store, bounded]) each.remember(info, blocks)
    expect(store.cachedBytes).toBeGreaterThan(180_000)
    expect(bounded.cachedBytes).toBeLessThanOrEqual(100_000)
    expect(bounded.get((blocks[5] as Block).cid)).toBe(blocks[5]?.bytes)
  })
})

describe('the packs of a pack store', () => {
  it('of trees are searched for nodes only, those of history for all else', async () => {
    const shelf = await PackShelf.open()
    const nodes = await blocksOf(RAW, [utf8ToBytes('node')])
    const others = [
      ...(await blocksOf(DAG_CBOR, [utf8ToBytes('commit')])),
      ...(await blocksOf(DAG_JSON, [utf8ToBytes('body')])),
    ]
    const [tree, history] = [await shelf.write(nodes), await shelf.write(others)]
    const [right, wrong] = [shelf.store(), shelf.store()]
    right.use([tree], 'tree')
    right.use([history], 'history')
    wrong.use([tree], 'history')
    wrong.use([history], 'tree')
    for (const block of [...nodes, ...others]) {
      await expectBytes(right, block)
      expect((await failure(() => wrong.get(block.cid))).code).toBe('BLOCK_MISSING')
    }
    expect(await right.find((nodes[0] as Block).cid)).toBe(tree)
    expect(await right.find((others[1] as Block).cid)).toBe(history)
  })

  it('are searched from the newest, and registered once', async () => {
    const shelf = await PackShelf.open()
    const [shared, own] = (await frames(2)) as [Block, Block]
    const [older, newer] = [await shelf.write([shared, own]), await shelf.write([shared])]
    const store = shelf.store()
    store.use([older, newer], 'tree')
    store.use([older], 'tree')
    expect(await store.find(shared.cid)).toBe(newer)
    expect(await store.find(own.cid)).toBe(older)
  })

  it('are not read any more when they are forgotten', async () => {
    const blocks = await frames(2)
    const { store, info } = await storeOf(blocks)
    for (const block of blocks) await expectBytes(store, block)
    store.forget([info.name, 'another'])
    expect(store.cachedBytes).toBe(0)
    for (const { cid } of blocks) expect((await failure(() => store.get(cid))).code).toBe('BLOCK_MISSING')
    store.use([info], 'tree')
    for (const block of blocks) await expectBytes(store, block)
  })

  it('that are gone or damaged hide no block that another one has', async () => {
    const shelf = await PackShelf.open()
    const blocks = await frames(2)
    const whole = await shelf.write(blocks)
    const [gone, damaged] = [await shelf.write(blocks), await shelf.write(blocks)]
    await shelf.storage.remove(`pack/${gone.name}`)
    await shelf.put(damaged.name, new Uint8Array(damaged.length))
    const store = shelf.store()
    store.use([whole, gone, damaged], 'tree')
    for (const block of blocks) await expectBytes(store, block)
    store.forget([whole.name])
    for (const { cid } of blocks) {
      expect(await failure(() => store.get(cid))).toMatchObject({
        code: 'CORRUPT',
        details: { pack: damaged.name },
      })
    }
  })

  it('lie where the store is told', async () => {
    const shelf = await PackShelf.open()
    const [block] = (await frames(1)) as [Block]
    const info = await shelf.write([block])
    const keyOf = (name: string) => `index-pack/${name}`

    const store = new PackStore({ storage: shelf.storage, sealer: shelf.sealer, cacheBytes: 2 ** 20, keyOf })
    store.use([info], 'tree')
    expect((await failure(() => store.get(block.cid))).details).toEqual({ pack: info.name })
    const bytes = (await shelf.storage.getRange(`pack/${info.name}`, 0, info.length)) as Uint8Array
    await shelf.storage.put(keyOf(info.name), bytes)
    await expectBytes(store, block)
  })

  it('give the failures of the storage on as they are', async () => {
    const { shelf, info } = await storeOf(await frames(1))
    const failing = { getRange: () => Promise.reject(new FirekeepError('CLOSED', 'the storage is closed')) }

    const store = new PackStore({ storage: failing, sealer: shelf.sealer, cacheBytes: 2 ** 20 })
    store.use([info], 'tree')
    const [{ cid }] = (await frames(1)) as [Block]
    expect((await failure(() => store.get(cid))).code).toBe('CLOSED')
    expect((await failure(() => store.find(cid))).code).toBe('CLOSED')
  })
})
