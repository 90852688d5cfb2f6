import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { createFileSpace } from './file-storage.js'
import { SimulatedClock } from './fixtures/simulated-clock.js'
import { SimulatedDisk } from './fixtures/simulated-disk.js'
import { SimulatedProcesses } from './fixtures/simulated-processes.js'
import { createMemorySpace } from './memory-storage.js'
import type { Storage, StorageSpace } from './storage.js'

type Step = { readonly holder: number } & (
  | {
      readonly kind: 'batch'
      readonly puts: [string, Uint8Array][]
      readonly deletes: string[]
      readonly seen: Seen
      readonly erase: boolean
    }
  | { readonly kind: 'range'; readonly key: string; readonly offset: number; readonly length: number }
  | { readonly kind: 'all'; readonly prefix: string }
  | { readonly kind: 'reopen' }
)

type Seen = 'none' | 'right' | 'wrong'

const prefix = fc.constantFrom('', 'a', 'a/', 'b', 'c/')
const key = fc.tuple(fc.constantFrom('a/', 'b', 'a'), fc.nat(6)).map(([start, end]) => `${start}${end}`)
const value = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 65_530, max: 65_600 }).map(size => new Uint8Array(size).fill(size)),
  },
)
const step: fc.Arbitrary<Step> = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('batch' as const),
        puts: fc.array(fc.tuple(key, value), { maxLength: 4 }),
        deletes: fc.array(key, { maxLength: 3 }),
        seen: fc.constantFrom<Seen>('none', 'none', 'right', 'wrong'),
        erase: fc.nat(3).map(choice => choice === 0),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('range' as const),
        key,
        offset: fc.nat(30),
        length: fc.nat(70_000),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('all' as const), prefix }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  )
  .chain(rest => fc.nat(2).map(holder => ({ ...rest, holder })))

/** Several holders of one storage against one map. */
class Comparison {
  readonly #space: () => StorageSpace
  readonly #model = new Map<string, Uint8Array>()
  readonly #holders: (Storage | undefined)[] = []

  constructor(space: () => StorageSpace) {
    this.#space = space
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#do(step, await this.#holder(step.holder))
    for (let holder = 0; holder < 4; holder += 1) await this.#compare(await this.#holder(holder), '')
    await Promise.all(this.#holders.map(holder => holder?.close()))
  }

  async #holder(index: number): Promise<Storage> {
    const holder = this.#holders[index] ?? (await this.#space().open('db'))
    this.#holders[index] = holder
    return holder
  }

  async #do(step: Step, storage: Storage): Promise<void> {
    if (step.kind === 'batch') return this.#batch(step, storage)
    if (step.kind === 'all') return this.#compare(storage, step.prefix)
    if (step.kind === 'range') {
      const { key, offset, length } = step
      expect(await storage.getRange(key, offset, length)).toEqual(
        this.#model.get(key)?.slice(offset, offset + length),
      )
      return
    }
    await storage.close()
    this.#holders[step.holder] = undefined
  }

  async #batch({ puts, deletes, seen, erase }: Step & { kind: 'batch' }, storage: Storage): Promise<void> {
    const guard = { prefix: 'a', keys: this.#keys('a') }
    if (seen === 'wrong') guard.keys.push('a/zzz')
    const write = storage.batch(puts, deletes, {
      ...(seen !== 'none' && { seen: guard }),
      ...(erase && { erase }),
    })
    if (seen === 'wrong') {
      await expect(write).rejects.toMatchObject({ code: 'STALE' })
      return
    }
    await write
    for (const [key, value] of puts) this.#model.set(key, value)
    for (const key of deletes) this.#model.delete(key)
  }

  async #compare(storage: Storage, prefix: string): Promise<void> {
    const keys = this.#keys(prefix)
    expect(await storage.list(prefix)).toEqual(keys)
    const entries = await storage.getAll(prefix)
    expect(entries.map(([key]) => key)).toEqual(keys)
    for (const [key, value] of entries) {
      expect(Buffer.compare(value, this.#model.get(key) as Uint8Array)).toBe(0)
      expect(Buffer.compare((await storage.get(key)) as Uint8Array, value)).toBe(0)
    }
  }

  #keys(prefix: string): string[] {
    return [...this.#model.keys()].filter(key => key.startsWith(prefix)).sort()
  }
}

describe('several holders of one storage behave as one map', () => {
  it('in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const space = createMemorySpace()
        await new Comparison(() => space).run(steps)
      }),
      { numRuns: runs(60) },
    )
  })

  it('in files, each holder a process of its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const disk = new SimulatedDisk()
        const clock = new SimulatedClock()
        const processes = new SimulatedProcesses()
        const space = (): StorageSpace =>
          createFileSpace({
            dir: '/d',
            fileSystem: disk.connect(),
            processes: processes.start(),
            clock,
            reserve: 0,
          })
        await new Comparison(space).run(steps)
      }),
      { numRuns: runs(60) },
    )
  })

  it('in files whose logs are folded again and again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.nat(3),
        fc.nat(60),
        async (steps, logs, garbage) => {
          const disk = new SimulatedDisk()
          const processes = new SimulatedProcesses()
          const common = { dir: '/d', clock: new SimulatedClock(), reserve: 0, foldAt: { logs, garbage } }
          const space = (): StorageSpace =>
            createFileSpace({ ...common, fileSystem: disk.connect(), processes: processes.start() })
          await new Comparison(space).run(steps)
          expect(disk.files('/d/db/logs').size).toBeLessThanOrEqual(2 * logs + 6)
        },
      ),
      { numRuns: runs(100) },
    )
  })
})
