import type { ConformanceSuite } from './conformance-suite.js'
import { contents, entry } from './samples.js'

/** Several holders of one storage. */
export function testHolders(suite: ConformanceSuite): void {
  suite.test('reads see every batch that another holder finished before', async (bench, expect) => {
    const writer = await bench.open()
    const reader = await bench.openElsewhere()
    expect(await contents(reader)).toEqual([])
    for (let round = 0; round < 10; round += 1) {
      await writer.batch([entry('a', round), entry(`b${round}`, 1)], [`b${round - 1}`])
      expect(await contents(reader)).toEqual([
        ['a', round],
        [`b${round}`, 1],
      ])
    }
  })

  suite.test(
    'puts and deletes of one key by two holders take effect in the order they were finished',
    async (bench, expect) => {
      const one = await bench.open()
      const two = await bench.openElsewhere()
      await one.batch([entry('a', 1)], [])
      await two.batch([], ['a'])
      await one.batch([entry('a', 2)], [])
      await two.batch([entry('a', 3)], [])
      const third = await bench.openElsewhere()
      for (const holder of [one, two, third]) expect(await contents(holder)).toEqual([['a', 3]])
      await one.batch([], ['a'])
      for (const holder of [one, two, third]) expect(await contents(holder)).toEqual([])
    },
  )

  suite.test('a write pokes the other holders', async (bench, expect) => {
    const writer = await bench.open()
    const reader = await bench.openElsewhere()
    const poked = new Promise<void>(resolve => {
      const stop = reader.watch(() => {
        stop()
        resolve()
      })
    })
    await writer.batch([entry('a', 1)], [])
    await poked
    expect(await contents(reader)).toEqual([['a', 1]])
  })

  suite.test('storages of different ids share nothing', async (bench, expect) => {
    const first = await bench.open('first')
    const second = await bench.open('second')
    await first.batch([entry('a', 1)], [])
    expect(await contents(second)).toEqual([])
    await bench.space.remove('second')
    expect(await contents(first)).toEqual([['a', 1]])
  })
}
