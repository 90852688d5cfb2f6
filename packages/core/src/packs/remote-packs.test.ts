import { describe, expect, it } from 'vitest'
import { RAW } from '../codec/block.js'
import type { FirekeepError } from '../errors.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { listBlocks, noiseBlock, PackShelf } from './fixtures/test-packs.js'
import type { PackSource } from './pack-source.js'
import { PackStore } from './pack-store.js'
import { storePack } from './store-pack.js'

/** A remote that has what is on a shelf. */
class ShelfSource implements PackSource {
  isOnline = true
  ranges = 0
  readonly #shelf: PackShelf

  constructor(shelf: PackShelf) {
    this.#shelf = shelf
  }

  async getRange(name: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    this.ranges += 1
    if (!this.isOnline) throw new Error('no network')
    return this.#shelf.storage.getRange(`pack/${name}`, offset, length)
  }
}

/** A pack of three frames that only the remote has. */
async function openRemote(cacheBytes = 2 ** 20) {
  const shelf = await PackShelf.open()
  const blocks = await Promise.all([1, 2, 3].map(seed => noiseBlock(RAW, seed, 30_000)))
  const info = await shelf.write(blocks)
  const storage = await createMemorySpace().open('local')
  const store = new PackStore({ storage, sealer: shelf.sealer, cacheBytes })
  const source = new ShelfSource(shelf)
  store.use([info], 'tree')
  store.useRemote(source)
  const [one, two, three] = blocks
  if (one === undefined || two === undefined || three === undefined) throw new Error('three blocks')
  return { shelf, info, storage, store, source, one, two, three }
}

describe('packs that only a remote has', () => {
  it('are read there by pages and frames, each once while it is in memory, whoever wants it', async () => {
    const { store, source, one, two } = await openRemote()
    const got = await Promise.all([store.get(one.cid), store.get(one.cid)])
    expect(got).toEqual([one.bytes, one.bytes])
    expect(source.ranges).toBe(4)
    await store.get(one.cid)
    expect(source.ranges).toBe(4)
    await store.get(two.cid)
    expect(source.ranges).toBe(5)
    expect(store.remoteReads.ranges).toBe(5)
    expect(store.remoteReads.bytes).toBeGreaterThan(60_000)
    expect(store.reads.ranges).toBe(0)
  })

  it('are read in the storage once they are there', async () => {
    const { store, source, storage, shelf, info, one, two } = await openRemote()
    await store.get(one.cid)
    const bytes = await shelf.storage.getRange(`pack/${info.name}`, 0, info.length)
    await storePack(storage, info, bytes as Uint8Array, { prefix: 'state/', keys: [] })
    const { ranges } = source
    expect(await store.get(two.cid)).toEqual(two.bytes)
    expect((await listBlocks(store, info)).length).toBe(3)
    expect(source.ranges).toBe(ranges)
  })

  it('count as out of reach without a connection, and as gone where the remote says so', async () => {
    const { store, source, info, shelf, one, two } = await openRemote()
    await store.get(one.cid)
    source.isOnline = false
    const details = { pack: info.name }
    await expect(store.get(two.cid)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE', details })
    await expect(listBlocks(store, info)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    expect(await store.get(one.cid)).toEqual(one.bytes)
    source.isOnline = true
    expect(await store.get(two.cid)).toEqual(two.bytes)
    await shelf.storage.remove(`pack/${info.name}`)
    store.forget([info.name])
    store.use([info], 'tree')
    await expect(store.get(two.cid)).rejects.toMatchObject({ code: 'BLOCK_MISSING', details })
    store.useRemote(undefined)
    await expect(store.get(two.cid)).rejects.toMatchObject({ code: 'BLOCK_MISSING', details })
  })

  it('are passed over for others that have the block, and a block of none is not called missing meanwhile', async () => {
    const { store, source, shelf, storage, one } = await openRemote()
    const own = await noiseBlock(RAW, 9, 100)
    const info = await shelf.write([own, one])
    const bytes = await shelf.storage.getRange(`pack/${info.name}`, 0, info.length)
    await storePack(storage, info, bytes as Uint8Array, undefined)
    store.use([info], 'tree')
    source.isOnline = false
    expect(await store.get(one.cid)).toEqual(one.bytes)
    const other = await noiseBlock(RAW, 10, 100)
    const failure = await Promise.resolve(store.get(other.cid)).catch((error: FirekeepError) => error)
    expect(failure).toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
  })

  it('are not believed: what differs is damage, and nothing that is damaged is kept', async () => {
    const { store, source, info, one } = await openRemote()
    const { getRange } = source
    const damages: ((bytes: Uint8Array) => Uint8Array)[] = [
      bytes => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)),
      bytes => bytes.subarray(1),
      bytes => Uint8Array.from([...bytes, 0]),
      () => new Uint8Array(0),
    ]
    for (const damage of damages) {
      source.getRange = async (...asked) => damage((await getRange.apply(source, asked)) as Uint8Array)
      await expect(store.get(one.cid)).rejects.toMatchObject({
        code: 'CORRUPT',
        details: { pack: info.name },
      })
    }
    source.getRange = getRange
    expect(await store.get(one.cid)).toEqual(one.bytes)
  })

  it('are stored only under the name of what they are', async () => {
    const { storage, info } = await openRemote()
    const storing = storePack(storage, info, new Uint8Array(9), undefined)
    await expect(storing).rejects.toMatchObject({ code: 'CORRUPT', details: { pack: info.name } })
    expect(await storage.list('')).toEqual([])
  })
})
