import type { ConformanceSuite } from './conformance-suite.js'
import { bytes, codeOf, contents, entry, LARGE } from './samples.js'

const ERASE = { erase: true } as const

/** Starts values that must go; no other value of these tests has these bytes. */
const SECRET = Uint8Array.from({ length: 32 }, (_, index) => 251 - index * 3)

/** What `erase` leaves nothing of. */
export function testErasing(suite: ConformanceSuite): void {
  suite.test(
    'an erasing batch puts and deletes as any other, also with nothing to put or delete',
    async (bench, expect) => {
      const storage = await bench.open()
      await storage.batch([], [], ERASE)
      expect(await contents(storage)).toEqual([])
      await storage.batch([entry('a', 1), entry('b', 1)], [], ERASE)
      await storage.batch([entry('a', 2), entry('c', 3)], ['b', 'missing'], ERASE)
      await storage.batch([], [], ERASE)
      const expected = [
        ['a', 2],
        ['c', 3],
      ]
      expect(await contents(storage)).toEqual(expected)
      expect(await contents(await bench.openElsewhere())).toEqual(expected)
    },
  )

  suite.test('an erasing batch that is STALE erases nothing', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([entry('c/1', 1)], [])
    const seen = { prefix: 'c/', keys: [] }
    expect(await codeOf(storage.batch([], ['c/1'], { seen, erase: true }))).toEqual('STALE')
    expect(await contents(storage)).toEqual([['c/1', 1]])
    await storage.batch([], ['c/1'], { seen: { prefix: 'c/', keys: ['c/1'] }, erase: true })
    expect(await contents(storage)).toEqual([])
  })

  for (const size of [SECRET.length, 100_000, LARGE]) {
    suite.test(`no bytes of erased values of ${size} bytes are kept`, async (bench, expect) => {
      const storage = await bench.open()
      await storage.batch([secret('deleted', size), secret('replaced', size), ['kept', bytes(50)]], [])
      expect((await bench.keeps(SECRET)) ?? true).toEqual(true)
      await storage.batch([entry('replaced', 1)], ['deleted'], ERASE)
      expect((await bench.keeps(SECRET)) ?? false).toEqual(false)
      expect(await storage.list('')).toEqual(['kept', 'replaced'])
      expect(await storage.get('kept')).toEqual(bytes(50))
    })
  }

  suite.test(
    'what was deleted before, also by a holder that closed, is erased too',
    async (bench, expect) => {
      const before = await bench.openElsewhere()
      await before.batch([secret('small', 40), secret('large', LARGE), entry('kept', 1)], [])
      await before.batch([secret('large', 200_000)], ['small'])
      await before.close()
      const storage = await bench.open()
      await storage.batch([], ['large'])
      await storage.batch([], [], ERASE)
      expect((await bench.keeps(SECRET)) ?? false).toEqual(false)
      expect(await contents(storage)).toEqual([['kept', 1]])
    },
  )

  suite.test('what a holder that goes on has in keeping is erased when it closes', async (bench, expect) => {
    const other = await bench.openElsewhere()
    const storage = await bench.open()
    await other.batch([secret('a', 40), entry('kept', 1)], [])
    await storage.batch([], ['a'], ERASE)
    await other.close()
    expect((await bench.keeps(SECRET)) ?? false).toEqual(false)
    expect('unerased' in (await storage.info())).toEqual(false)
    expect(await contents(storage)).toEqual([['kept', 1]])
  })
}

function secret(key: string, size: number): [key: string, value: Uint8Array] {
  const value = new Uint8Array(size)
  value.set(SECRET)
  return [key, value]
}
