import { describe, expect, it } from 'vitest'
import { packsOf } from '../codec/file-info.js'
import { FirekeepError } from '../errors.js'
import { FileShelf, noise } from './fixtures/file-shelf.js'

const SEAL_VERSION_AT = 4

describe('a file that is read', () => {
  it.each(['file/', 'file-pack/'])(
    'heals where the version of what lies under %s is damaged',
    async prefix => {
      const shelf = await FileShelf.open({ packBytes: 1 << 20 })
      const [info] = await shelf.store(noise(700))
      const [[key, value]] = (await shelf.storage.getAll(prefix)) as [[string, Uint8Array]]
      await shelf.storage.batch([[key, value.with(SEAL_VERSION_AT, 9)]], [])
      await expect(shelf.read(info as never)).rejects.toMatchObject({ code: 'CORRUPT' })
      const keepPack = () => shelf.storage.batch([[key, value]], [])
      expect(await shelf.read(info as never, 0, 700, shelf.loader({ keepPack }))).toEqual(noise(700))
    },
  )

  it('keeps the segments of a record that seems to be of a newer version', async () => {
    const shelf = await FileShelf.open()
    await shelf.store(noise(100))
    const [[key, value]] = (await shelf.storage.getAll('file-pack/')) as [[string, Uint8Array]]
    await shelf.storage.batch([[key, value.with(SEAL_VERSION_AT, 9)]], [])
    shelf.now += 48 * 60 * 60_000
    const before = await shelf.storage.list('')
    await shelf.packs.removeLeftovers()
    expect(await shelf.storage.list('')).toEqual(before)
  })

  it('is fetched once where there is no room to keep it', async () => {
    const [here, there] = [await FileShelf.open(), await FileShelf.open()]
    const [info] = await there.store(noise(1600))
    const asked: string[] = []
    const keepPack = async ({ name }: { readonly name: string }) => {
      asked.push(name)
      throw new FirekeepError('QUOTA_EXCEEDED', 'full')
    }
    const loader = here.loader({ remote: there.packs, keepPack })
    expect(await here.read(info as never, 0, 1600, loader)).toEqual(noise(1600))
    expect(asked).toHaveLength(packsOf(info?.pack ?? '')?.length as number)
    expect(new Set(asked).size).toBe(asked.length)
  })

  it('begins without the packs that stand behind', async () => {
    const [here, there] = [await FileShelf.open(), await FileShelf.open()]
    const [info] = await there.store(noise(1600))
    const packs = (packsOf(info?.pack ?? '') ?? []).map(({ name }) => name)
    const asked = new Set<string>()
    const remote = {
      getRange: (name: string, offset: number, length: number) => {
        asked.add(name)
        return there.packs.getRange(name, offset, length)
      },
    }
    await here.read(info as never, 0, 10, here.loader({ remote }))
    expect([...asked]).toEqual([packs[0], packs.at(-1)])
    asked.clear()
    await here.read(info as never, 600, 610, here.loader({ remote }))
    expect([...asked]).toEqual([packs[0], packs.at(-2)])
  })

  it('is told to be damaged, as that can be mended, where another of its packs is out of reach too', async () => {
    const shelf = await FileShelf.open()
    const [info] = await shelf.store(noise(1600))
    const [, away, , holder] = (packsOf(info?.pack ?? '') ?? []).map(({ name }) => name)
    const packs = Object.assign(Object.create(shelf.packs), {
      getRange: async (name: string, offset: number, length: number) => {
        if (name === away) return undefined
        const bytes = await shelf.packs.getRange(name, offset, length)
        return name === holder ? bytes?.fill(0) : bytes
      },
    })
    await expect(shelf.read(info as never, 0, 10, shelf.loader({ packs }))).rejects.toMatchObject({
      code: 'CORRUPT',
      details: { pack: holder },
    })
  })
})
