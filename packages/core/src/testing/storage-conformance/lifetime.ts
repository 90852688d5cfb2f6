import type { ConformanceSuite } from './conformance-suite.js'
import { bytes, codeOf, contents, entry, LARGE, same } from './samples.js'

/** Opening, closing and removing. */
export function testLifetime(suite: ConformanceSuite): void {
  suite.test('what was written is there when it is opened again', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([entry('a', 1), ['large', bytes(LARGE)]], [])
    await storage.batch([entry('b', 2)], ['a'])
    await storage.close()
    const again = await bench.openElsewhere()
    expect(await again.list('')).toEqual(['b', 'large'])
    expect(same(await again.get('large'), bytes(LARGE))).toEqual(true)
  })

  suite.test(
    'after close every call rejects with CLOSED, and close may be called again',
    async (bench, expect) => {
      const storage = await bench.open()
      await storage.batch([entry('a', 1)], [])
      await storage.close()
      await storage.close()
      const calls = [
        storage.get('a'),
        storage.getRange('a', 0, 1),
        storage.list(''),
        storage.getAll(''),
        storage.batch([], []),
        storage.info(),
        storage.persist(),
      ]
      expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => 'CLOSED'))
    },
  )

  suite.test('close waits for what is under way', async (bench, expect) => {
    const storage = await bench.open()
    const ended: string[] = []
    const write = storage.batch([entry('a', 1)], []).then(() => ended.push('batch'))
    await storage.close()
    ended.push('close')
    await write
    expect(ended).toEqual(['batch', 'close'])
    expect(await contents(await bench.openElsewhere())).toEqual([['a', 1]])
  })

  suite.test(
    'a removed storage is CLOSED for its holders and empty when it is opened again',
    async (bench, expect) => {
      const storage = await bench.open()
      const other = await bench.openElsewhere()
      await storage.batch([entry('a', 1)], [])
      await other.get('a')
      await bench.space.remove('first')
      expect(await codeOf(storage.get('a'))).toEqual('CLOSED')
      expect(await codeOf(storage.batch([entry('b', 1)], []))).toEqual('CLOSED')
      expect(await codeOf(other.get('a'))).toEqual('CLOSED')
      expect(await codeOf(other.batch([entry('b', 1)], []))).toEqual('CLOSED')
      expect(await contents(await bench.open())).toEqual([])
    },
  )

  suite.test('a space lists the storages that were written to, and no others', async (bench, expect) => {
    const storage = await bench.open('first')
    await bench.open('second')
    expect(await bench.space.list()).toEqual([])
    await storage.batch([entry('a', 1)], [])
    expect(await bench.space.list()).toEqual(['first'])
    await bench.space.remove('first')
    expect(await bench.space.list()).toEqual([])
  })

  suite.test('removing a storage that does not exist is fine', async (bench, expect) => {
    await bench.space.remove('missing')
    expect(await contents(await bench.open('missing'))).toEqual([])
  })

  suite.test('info names the kind of the space', async (bench, expect) => {
    const storage = await bench.open()
    const info = await storage.info()
    expect([storage.kind, info.kind, typeof info.persisted]).toEqual([
      bench.space.kind,
      bench.space.kind,
      'boolean',
    ])
  })
}
