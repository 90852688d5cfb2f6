import type { Storage, StorageEntry, StorageSpace } from '../storage/storage.js'

/** What the suite needs of a test runner: vitest, jest and `node:test` with an `expect` all have it. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
  expect(actual: unknown): { toEqual(expected: unknown): unknown }
}

export interface StorageConformanceTarget {
  /** Names the adapter in the test report. */
  readonly name: string
  /** A new, empty space. */
  createSpace(): Promise<StorageSpace>
  /** The same place through another space object, as another process or a later run would open it. */
  reopenSpace?(space: StorageSpace): Promise<StorageSpace>
  /** Removes what `createSpace` made. */
  disposeSpace?(space: StorageSpace): Promise<void>
}

/**
 * The tests that every adapter of the {@link Storage} port must pass. They wait for no clock: a hint that never
 * comes ends in the runner's own time limit.
 *
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * storageConformance({ name: 'memory', createSpace: async () => createMemorySpace() }, { describe, expect, it })
 * ```
 */
export function storageConformance(target: StorageConformanceTarget, runner: ConformanceRunner): void {
  runner.describe(`the ${target.name} storage keeps the contract of the port`, () => {
    const suite = new Suite(target, runner)
    testReading(suite)
    testWriting(suite)
    testGuard(suite)
    testHolders(suite)
    testLifetime(suite)
  })
}

type Expect = ConformanceRunner['expect']

/** Larger than any adapter keeps in one piece. */
const LARGE = 700_001

class Suite {
  readonly #target: StorageConformanceTarget
  readonly #runner: ConformanceRunner

  constructor(target: StorageConformanceTarget, runner: ConformanceRunner) {
    this.#target = target
    this.#runner = runner
  }

  /** A test with a space of its own; storages that it opens are closed after it. */
  test(name: string, body: (bench: Bench, expect: Expect) => Promise<void>): void {
    this.#runner.it(name, async () => {
      const bench = new Bench(await this.#target.createSpace(), this.#target)
      try {
        await body(bench, this.#runner.expect)
      } finally {
        await bench.close()
        await this.#target.disposeSpace?.(bench.space)
      }
    })
  }
}

class Bench {
  readonly space: StorageSpace
  readonly #target: StorageConformanceTarget
  readonly #opened: Storage[] = []

  constructor(space: StorageSpace, target: StorageConformanceTarget) {
    this.space = space
    this.#target = target
  }

  async open(id = 'first'): Promise<Storage> {
    return this.#keep(await this.space.open(id))
  }

  /** A holder as far away as the adapter can make one: through another space object where it has that. */
  async openElsewhere(id = 'first'): Promise<Storage> {
    const space = (await this.#target.reopenSpace?.(this.space)) ?? this.space
    return this.#keep(await space.open(id))
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map(storage => storage.close()))
  }

  #keep(storage: Storage): Storage {
    this.#opened.push(storage)
    return storage
  }
}

function testReading(suite: Suite): void {
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

function testWriting(suite: Suite): void {
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

function testGuard(suite: Suite): void {
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

function testHolders(suite: Suite): void {
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

function testLifetime(suite: Suite): void {
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

function entry(key: string, value: number): StorageEntry {
  return [key, new Uint8Array([value])]
}

/** Bytes that differ from place to place, so that a wrong offset shows. */
function bytes(length: number): Uint8Array {
  const result = new Uint8Array(length)
  for (let index = 0; index < length; index += 1) result[index] = (index * 31 + (index >>> 8) * 7) & 0xff
  return result
}

/** Comparing large arrays by `toEqual` takes seconds. */
function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index])
}

async function contents(storage: Storage): Promise<(string | number)[][]> {
  return (await storage.getAll('')).map(([key, value]) => [key, ...value])
}

/** The code a call rejects with; `undefined` when it resolves. */
async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}
