import type { ConformanceSuite } from './conformance-suite.js'
import { bytes, entry } from './samples.js'

/** What reads answer. */
export function testReading(suite: ConformanceSuite): void {
  suite.test('a storage that was never written is empty', async (bench, expect) => {
    const storage = await bench.open()
    expect(await storage.get('a')).toEqual(undefined)
    expect(await storage.getRange('a', 0, 1)).toEqual(undefined)
    expect(await storage.list('')).toEqual([])
    expect(await storage.getAll('')).toEqual([])
  })

  suite.test('list and getAll answer by prefix, ascending by code unit', async (bench, expect) => {
    const storage = await bench.open()
    const keys = ['b/2', 'a', 'b', 'b/10', 'B/1', 'b0', 'b/', '~', ' ']
    await storage.batch(
      keys.map(key => entry(key, key.length)),
      [],
    )
    expect(await storage.list('b/')).toEqual(['b/', 'b/10', 'b/2'])
    expect(await storage.list('')).toEqual([' ', 'B/1', 'a', 'b', 'b/', 'b/10', 'b/2', 'b0', '~'])
    expect(await storage.list('c')).toEqual([])
    const all = await storage.getAll('b/')
    expect(all.map(([key, value]) => [key, ...value])).toEqual([
      ['b/', 2],
      ['b/10', 4],
      ['b/2', 3],
    ])
  })

  suite.test('getRange answers the part of a value that there is', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([['a', bytes(10)]], [])
    expect(await storage.getRange('a', 0, 10)).toEqual(bytes(10))
    expect(await storage.getRange('a', 3, 4)).toEqual(bytes(10).slice(3, 7))
    expect(await storage.getRange('a', 8, 100)).toEqual(bytes(10).slice(8))
    expect(await storage.getRange('a', 10, 1)).toEqual(new Uint8Array())
    expect(await storage.getRange('a', 99, 1)).toEqual(new Uint8Array())
    expect(await storage.getRange('a', 2, 0)).toEqual(new Uint8Array())
  })

  suite.test('the empty value is a value', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([['a', new Uint8Array()]], [])
    expect(await storage.get('a')).toEqual(new Uint8Array())
    expect(await storage.list('')).toEqual(['a'])
  })

  suite.test('bytes that were handed in or out may be changed', async (bench, expect) => {
    const storage = await bench.open()
    const given = bytes(4)
    await storage.batch([['a', given]], [])
    given.fill(9)
    const got = await storage.get('a')
    expect(got).toEqual(bytes(4))
    got?.fill(8)
    expect(await storage.get('a')).toEqual(bytes(4))
  })

  suite.test('a view on part of a buffer is stored as that part', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([['a', bytes(1_000).subarray(10, 13)]], [])
    const got = await storage.get('a')
    expect(got).toEqual(bytes(1_000).slice(10, 13))
  })
}
