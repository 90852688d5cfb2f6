import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { hashBlock, RAW } from '../codec/block.js'
import { CID } from '../codec/cid.js'
import { packsOf } from '../codec/file-info.js'
import { createSha256 } from '../codec/sha256.js'
import { concatBytes, toBase32 } from '../primitives/bytes.js'
import { contentOf, FileShelf, noise } from './fixtures/file-shelf.js'

describe('stored files', () => {
  it('are read back in any range as an array of bytes is', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 1600 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(fc.tuple(fc.nat(1600), fc.nat(1600)), { maxLength: 4 }),
        async (all, cuts) => {
          const shelf = await FileShelf.open()
          const contents = all.map((size, i) => noise(size, i + 1))
          const infos = await shelf.store(...contents)
          for (const [i, info] of infos.entries()) {
            const bytes = contents[i] as Uint8Array
            expect(await shelf.read(info)).toEqual(bytes)
            for (const [a, b] of cuts) {
              const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)]
              expect(await shelf.read(info, start, end)).toEqual(bytes.subarray(start, end))
            }
          }
        },
      ),
      { numRuns: runs(10) },
    )
  })

  it('of one chunk have the raw CID of their bytes, and an empty file that of nothing', async () => {
    const shelf = await FileShelf.open()
    const [small, empty] = await shelf.store(noise(64), new Uint8Array(0))
    expect(small?.cid).toBe((await hashBlock(RAW, noise(64))).cid.toString())
    expect(empty?.cid).toBe((await hashBlock(RAW, new Uint8Array(0))).cid.toString())
    expect(await shelf.read(empty as never)).toEqual(new Uint8Array(0))
  })

  it('of one call lie in one pack until it is full, and a file that fits into one lies whole in one', async () => {
    const shelf = await FileShelf.open()
    const infos = await shelf.store(noise(200, 1), noise(200, 2), noise(200, 3), noise(10, 4))
    const packs = infos.map(({ pack }) => packsOf(pack)?.map(({ name }) => name))
    expect(packs.every(each => each?.length === 1)).toBe(true)
    expect(packs[0]).toEqual(packs[1])
    expect(packs[2]).not.toEqual(packs[1])
    expect(packs[3]).toEqual(packs[2])
    expect(await shelf.packs.names()).toHaveLength(2)
  })

  it('that are larger than a pack name several, first the one with the list of chunks', async () => {
    const shelf = await FileShelf.open()
    const [info] = await shelf.store(noise(1600))
    const packs = packsOf(info?.pack ?? '') ?? []
    expect(packs).toHaveLength(4)
    await shelf.packs.remove([packs[0]?.name as string])
    await expect(shelf.read(info as never, 0, 10)).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
  })

  it('have each chunk once in a pack', async () => {
    const shelf = await FileShelf.open()
    const [info] = await shelf.store(new Uint8Array(6400))
    expect(packsOf(info?.pack ?? '')).toHaveLength(1)
    expect(info?.size).toBe(6400)
    expect(await shelf.read(info as never)).toEqual(new Uint8Array(6400))
  })

  it('are named by the hash of all sealed bytes', async () => {
    const shelf = await FileShelf.open()
    const [info] = await shelf.store(noise(300))
    const [pack] = packsOf(info?.pack ?? '') ?? []
    const bytes = (await shelf.packs.getRange(pack?.name as string, 0, 1e6)) as Uint8Array
    expect(bytes).toHaveLength(pack?.length as number)
    expect(toBase32((await hashBlock(RAW, bytes)).cid.multihash.digest)).toBe(pack?.name)
    for (const node of [null, undefined]) {
      const hash = createSha256(node as null)
      for (let at = 0; at < bytes.length; at += 100) hash.update(bytes.subarray(at, at + 100))
      expect(toBase32(hash.digest())).toBe(pack?.name)
    }
  })

  it('read only the frames that a range takes', async () => {
    const shelf = await FileShelf.open({ packBytes: 1 << 20 })
    const [info] = await shelf.store(noise(6400))
    let read = 0
    const packs = Object.assign(Object.create(shelf.packs), {
      getRange: async (...range: [string, number, number]) => {
        read += range[2]
        return shelf.packs.getRange(...range)
      },
    })
    expect(await shelf.read(info as never, 3200, 3210, shelf.loader({ packs }))).toEqual(
      noise(6400).subarray(3200, 3210),
    )
    expect(read).toBeLessThan((packsOf(info?.pack ?? '')?.[0]?.length as number) / 2)
  })

  it('that are given up leave nothing, whatever was written', async () => {
    for (const chunks of [0, 1, 5, 20]) {
      const shelf = await FileShelf.open()
      const writer = shelf.writer()
      const abort = new AbortController()
      let read = 0
      const content = {
        size: 64 * 25,
        read: async (start: number, end: number) => {
          if (read++ === chunks) abort.abort()
          return noise(end - start, start + 1)
        },
      }
      await expect(writer.add(content, { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' })
      await writer.discard()
      expect(await shelf.storage.list('')).toEqual([])
    }
  })

  it('cannot be read before they are finished, and leftovers go after a day', async () => {
    const shelf = await FileShelf.open()
    await shelf.store(noise(700, 7))
    const kept = await shelf.storage.list('')
    await shelf.writer().add(contentOf(noise(700)))
    expect((await shelf.storage.list('')).length).toBeGreaterThan(kept.length)
    expect(await shelf.packs.names()).toHaveLength(2)
    shelf.now += 24 * 60 * 60_000
    await shelf.packs.removeLeftovers()
    expect((await shelf.storage.list('')).length).toBeGreaterThan(kept.length)
    shelf.now += 1
    await shelf.packs.removeLeftovers()
    expect(await shelf.storage.list('')).toEqual(kept)
  })

  it('tell of any damaged value by the name of document and file', async () => {
    const shelf = await FileShelf.open()
    const [info] = await shelf.store(noise(700))
    for (const [key, value] of await shelf.storage.getAll('')) {
      const damaged = value.slice()
      damaged[Math.floor(damaged.length / 2)] = (damaged[Math.floor(damaged.length / 2)] as number) ^ 1
      for (const other of [damaged, value.subarray(0, value.length - 1)]) {
        await shelf.storage.batch([[key, other]], [])
        await expect(shelf.read(info as never), key).rejects.toMatchObject({
          code: 'CORRUPT',
          details: { id: 'doc', file: 'file' },
        })
      }
      await shelf.storage.batch([[key, value]], [])
    }
    expect(await shelf.read(info as never)).toEqual(noise(700))
  })

  it('are CORRUPT where what names them says something else', async () => {
    const shelf = await FileShelf.open()
    const [large, small] = await shelf.store(noise(700), noise(10))
    const wrong = [
      { ...large, size: 701 },
      { ...large, size: 64 * 11 + 1 },
      { ...large, size: 1 },
      { ...small, size: 11 },
      { ...small, size: 100 },
      { ...small, cid: CID.parse(large?.cid as string).toString(), size: 10 },
      { ...small, cid: (await hashBlock(RAW, noise(3))).cid.toString() },
    ]
    for (const info of wrong)
      await expect(shelf.read(info as never)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('heal from what keeps packs, once, and are read to the end', async () => {
    const shelf = await FileShelf.open({ packBytes: 1 << 20 })
    const [info] = await shelf.store(noise(6400))
    const before = await shelf.storage.getAll('')
    const [key, value] = before.find(([key]) => key.endsWith('000003')) as readonly [string, Uint8Array]
    await shelf.storage.batch([[key, new Uint8Array(value.length)]], [])
    const fetched: string[] = []
    const keepPack = async ({ name }: { readonly name: string }) => {
      fetched.push(name)
      await shelf.storage.batch([[key, value]], [])
    }
    expect(await shelf.read(info as never, 0, 6400, shelf.loader({ keepPack }))).toEqual(noise(6400))
    expect(fetched).toEqual(packsOf(info?.pack ?? '')?.map(({ name }) => name))
  })

  it('that are nowhere are FILE_UNAVAILABLE', async () => {
    const shelf = await FileShelf.open()
    const [info] = await shelf.store(noise(100))
    await shelf.packs.remove(await shelf.packs.names())
    expect(await shelf.storage.list('')).toEqual([])
    await expect(shelf.read(info as never)).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
    const remote = { getRange: () => Promise.reject(new Error('offline')) }
    await expect(shelf.read(info as never, 0, 100, shelf.loader({ remote }))).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
    })
  })

  it('are read from a remote where they are not here', async () => {
    const [here, there] = [await FileShelf.open(), await FileShelf.open()]
    const [info] = await there.store(noise(700))
    const loader = here.loader({ remote: there.packs })
    expect(await here.read(info as never, 100, 300, loader)).toEqual(noise(700).subarray(100, 300))
    expect(concatBytes(await here.read(info as never, 0, 700, loader))).toEqual(noise(700))
  })
})
