import type { StorageEntry } from '../../storage/storage.js'
import type { ConformanceSuite } from './conformance-suite.js'
import { bytes, codeOf, contents, entry } from './samples.js'

/** What batches do. */
export function testWriting(suite: ConformanceSuite): void {
  suite.test(
    'a put replaces, a delete removes, and a delete of a missing key is fine',
    async (bench, expect) => {
      const storage = await bench.open()
      await storage.batch([entry('a', 1), entry('b', 1)], [])
      await storage.batch([entry('a', 2), entry('c', 3)], ['b', 'missing'])
      expect(await contents(storage)).toEqual([
        ['a', 2],
        ['c', 3],
      ])
    },
  )

  suite.test(
    'within a batch the last put of a key counts, and a delete after the puts',
    async (bench, expect) => {
      const storage = await bench.open()
      await storage.batch([entry('a', 1), entry('a', 2), entry('b', 1)], ['b'])
      expect(await contents(storage)).toEqual([['a', 2]])
    },
  )

  suite.test('a batch with a key no adapter can store writes none of the others', async (bench, expect) => {
    const storage = await bench.open()
    const broken = [entry('a', 1), [undefined, bytes(1)] as unknown as StorageEntry]
    expect((await codeOf(storage.batch(broken, []))) !== undefined).toEqual(true)
    expect(await contents(storage)).toEqual([])
    await storage.batch([entry('b', 1)], [])
    expect(await contents(storage)).toEqual([['b', 1]])
  })

  suite.test('batches issued without waiting take effect in the order issued', async (bench, expect) => {
    const storage = await bench.open()
    const writes = Array.from({ length: 20 }, (_, index) => storage.batch([entry('a', index)], []))
    await Promise.all([...writes, storage.batch([entry('b', 1)], ['a'])])
    expect(await contents(storage)).toEqual([['b', 1]])
  })

  suite.test('an empty batch is fine', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([], [])
    expect(await contents(storage)).toEqual([])
  })
}
