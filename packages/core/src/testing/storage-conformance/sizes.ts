import type { StorageEntry } from '../../storage/storage.js'
import type { ConformanceSuite } from './conformance-suite.js'
import { bytes, codeOf, entry, LARGE, PACK, same } from './samples.js'

/** Values and listings too large for one piece. */
export function testSizes(suite: ConformanceSuite): void {
  suite.test('a page of more than a thousand entries comes whole and in order', async (bench, expect) => {
    const storage = await bench.open()
    const keys = Array.from({ length: 2_345 }, (_, index) => `k${String(index).padStart(5, '0')}`)
    await storage.batch(
      keys.map(key => entry(key, 1)),
      [],
    )
    expect(await storage.list('k')).toEqual(keys)
    expect((await storage.getAll('k')).map(([key]) => key)).toEqual(keys)
  })

  suite.test('a large value comes back whole and by ranges across every seam', async (bench, expect) => {
    const storage = await bench.open()
    const large = bytes(LARGE)
    await storage.batch([['large', large], entry('small', 1)], [])
    expect(same(await storage.get('large'), large)).toEqual(true)
    expect((await storage.getAll('')).map(([key, value]) => [key, value.length])).toEqual([
      ['large', LARGE],
      ['small', 1],
    ])
    for (const seam of [65_536, 131_072, 262_144, 524_288, LARGE]) {
      for (const [offset, length] of [
        [seam - 1, 2],
        [seam, 1],
        [Math.max(seam - 70_000, 0), 140_000],
      ] as const) {
        const range = await storage.getRange('large', offset, length)
        expect(same(range, large.slice(offset, offset + length))).toEqual(true)
      }
    }
  })

  suite.test(
    'several values of 4 MiB are written by one batch, and read by ranges',
    async (bench, expect) => {
      const storage = await bench.open()
      const packs = [1, 2, 3].map(which => [`pack/${which}`, bytes(PACK).fill(which, 0, 10)] as const)
      await storage.batch(packs, [])
      const reader = await bench.openElsewhere()
      expect(await reader.list('pack/')).toEqual(['pack/1', 'pack/2', 'pack/3'])
      for (const [key, pack] of packs) {
        for (const offset of [0, 1, 131_071, 2_000_000, PACK - 1_000, PACK]) {
          const range = await reader.getRange(key, offset, 1_000)
          expect(same(range, pack.slice(offset, offset + 1_000))).toEqual(true)
        }
      }
      await storage.batch([['pack/4', packs[0]?.[1] as Uint8Array]], ['pack/1', 'pack/2'])
      expect(await reader.list('pack/')).toEqual(['pack/3', 'pack/4'])
      expect(same(await reader.get('pack/4'), packs[0]?.[1] as Uint8Array)).toEqual(true)
    },
  )

  suite.test('a batch of large values that fails at the last writes none of them', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([['a', bytes(LARGE)], entry('b', 1)], [])
    const broken = [undefined, bytes(1)] as unknown as StorageEntry
    const batch = [['a', bytes(300_000)], ['c', bytes(LARGE)], broken] as const
    expect((await codeOf(storage.batch(batch, ['b']))) !== undefined).toEqual(true)
    expect(await storage.list('')).toEqual(['a', 'b'])
    expect(same(await storage.get('a'), bytes(LARGE))).toEqual(true)
    await storage.batch([['c', bytes(LARGE)]], ['a'])
    expect(await storage.list('')).toEqual(['b', 'c'])
  })

  suite.test('small and large values replace each other and leave nothing behind', async (bench, expect) => {
    const storage = await bench.open()
    for (const size of [5, LARGE, 3, LARGE, 200_000, LARGE]) {
      await storage.batch([['a', bytes(size)]], [])
      expect(same(await storage.get('a'), bytes(size))).toEqual(true)
      expect(await storage.list('')).toEqual(['a'])
    }
    await storage.batch([], ['a'])
    expect(await storage.get('a')).toEqual(undefined)
    await storage.batch([['a', bytes(2)]], [])
    expect(await storage.getRange('a', 0, 400_000)).toEqual(bytes(2))
  })
}
