import type { Storage } from '../../storage/storage.js'
import type { ConformanceSuite } from './conformance-suite.js'
import { codeOf, contents, entry } from './samples.js'

/** What `seen` protects. */
export function testGuard(suite: ConformanceSuite): void {
  suite.test('a batch whose seen keys are the keys there is written', async (bench, expect) => {
    const storage = await bench.open()
    await storage.batch([entry('c/1', 1)], [], { seen: { prefix: 'c/', keys: [] } })
    await storage.batch([entry('c/2', 2), entry('other', 0)], ['c/1'], {
      seen: { prefix: 'c/', keys: ['c/1'] },
    })
    expect(await storage.list('')).toEqual(['c/2', 'other'])
  })

  suite.test(
    'a batch that has not seen all, or saw more than there is, is STALE and writes nothing',
    async (bench, expect) => {
      const storage = await bench.open()
      await storage.batch([entry('c/1', 1), entry('c/2', 1)], [])
      for (const keys of [[], ['c/1'], ['c/1', 'c/3'], ['c/1', 'c/2', 'c/3']]) {
        const attempt = storage.batch([entry('c/9', 9)], ['c/1'], { seen: { prefix: 'c/', keys } })
        expect(await codeOf(attempt)).toEqual('STALE')
      }
      expect(await contents(storage)).toEqual([
        ['c/1', 1],
        ['c/2', 1],
      ])
    },
  )

  suite.test('of guarded batches that saw the same keys only one is written', async (bench, expect) => {
    const holders = await Promise.all([bench.open(), bench.openElsewhere(), bench.openElsewhere()])
    const attempts = holders.map((holder, index) =>
      codeOf(holder.batch([entry(`c/${index}`, 1)], [], { seen: { prefix: 'c/', keys: [] } })),
    )
    expect((await Promise.all(attempts)).sort()).toEqual(['STALE', 'STALE', undefined])
    expect((await (await bench.openElsewhere()).list('c/')).length).toEqual(1)
  })

  suite.test('a counter raised by three holders at once loses no step', async (bench, expect) => {
    const holders = await Promise.all([bench.open(), bench.openElsewhere(), bench.openElsewhere()])
    const steps = 15
    await Promise.all(
      holders.map(async (holder, index) => {
        for (let step = 0; step < steps; ) {
          const keys = await holder.list('n/')
          const next = [entry(`n/${String(keys.length).padStart(4, '0')}`, index)]
          const code = await codeOf(holder.batch(next, [], { seen: { prefix: 'n/', keys } }))
          if (code === undefined) step += 1
          else expect(code).toEqual('STALE')
        }
      }),
    )
    expect((await (holders[0] as Storage).list('n/')).length).toEqual(steps * holders.length)
  })
}
