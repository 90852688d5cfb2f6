import { describe, expect, it } from 'vitest'
import { hasErrorCode } from '../errors.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { Storage, StorageSpace } from '../storage/storage.js'
import { SteppedSpace } from './stepped-space.js'

const one = new Uint8Array([1])

/** Reads a counter and writes the next number: four calls, unless somebody counted in between. */
async function count(space: StorageSpace, name: string): Promise<string[]> {
  const storage = await space.open('db')
  for (;;) {
    const keys = await storage.list('n/')
    await storage.get(`n/${keys.length}`)
    try {
      await storage.batch([[`n/${keys.length + 1}`, one]], [], { seen: { prefix: 'n/', keys } })
      break
    } catch (error) {
      if (!hasErrorCode(error, 'STALE')) throw error
    }
  }
  await storage.batch([[`by/${name}`, one]], [])
  return storage.list('by/')
}

async function keysOf(space: StorageSpace): Promise<string[]> {
  return (await space.open('db')).list('')
}

describe('SteppedSpace', () => {
  it('holds back each call of the work, reads included, until it is stepped', async () => {
    const space = createMemorySpace()
    const stepped = new SteppedSpace(space, 'a')
    const end = stepped.run(() => count(stepped, 'a'))
    expect(await stepped.step(0)).toBe(true)
    expect(await stepped.step(2)).toBe(true)
    expect(await keysOf(space)).toEqual([])
    expect(await stepped.step()).toBe(true)
    expect(await keysOf(space)).toEqual(['n/1'])
    expect(await stepped.step(Number.POSITIVE_INFINITY)).toBe(false)
    expect(await end).toEqual(['by/a'])
    expect(stepped.steps).toBe(5)
    // Outside of the work calls pass.
    expect(await keysOf(stepped)).toEqual(['by/a', 'n/1'])
  })

  it('interleaves two holders at every call, the same way in every run', async () => {
    const traces: string[][] = [[], []]
    for (const trace of traces) {
      for (let calls = 0; calls <= 5; calls += 1) {
        const space = createMemorySpace()
        const [a, b] = [new SteppedSpace(space, 'a'), new SteppedSpace(space, 'b')]
        const ends = [a.run(() => count(a, 'a')), b.run(() => count(b, 'b'))]
        await a.step(calls)
        await b.step(Number.POSITIVE_INFINITY)
        await a.step(Number.POSITIVE_INFINITY)
        trace.push(`${a.steps} ${b.steps} ${JSON.stringify(await Promise.all(ends))}`)
        expect(await keysOf(space)).toEqual(['by/a', 'by/b', 'n/1', 'n/2'])
      }
    }
    expect(traces[0]).toEqual(traces[1])
    expect(traces[0]?.map(line => line.slice(0, 3))).toEqual(['5 5', '8 5', '8 5', '5 5', '5 5', '5 5'])
  })

  it.each([
    ['before', 2, []],
    ['after', 2, ['n/1']],
    ['before', 3, ['n/1']],
    ['after', 3, ['by/a', 'n/1']],
  ] as const)(
    'a holder killed %s call %i leaves %j, and hears of nothing any more',
    async (when, calls, left) => {
      const space = createMemorySpace()
      const stepped = new SteppedSpace(space, 'a')
      let storage: Storage | undefined
      const end = stepped.run(async () => {
        storage = await stepped.open('db')
        return count(stepped, 'a')
      })
      const rejected = expect(end).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
      await stepped.step(calls)
      await stepped.kill(when)
      await rejected
      expect(await keysOf(space)).toEqual(left)
      await expect(storage?.get('n/1')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    },
  )

  it('lets calls that were made at once through in the order made, and fails all of them when killed', async () => {
    const stepped = new SteppedSpace(createMemorySpace(), 'a')
    const storage = await stepped.open('db')
    const ended: number[] = []
    const end = stepped.run(() =>
      Promise.allSettled([1, 2, 3].map(n => storage.batch([['k', one]], []).then(() => ended.push(n)))),
    )
    await stepped.step()
    expect(ended).toEqual([1])
    await stepped.step()
    await stepped.kill()
    expect((await end).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'steps beside work that ends %i turns after a call it does not wait for',
    async turns => {
      const stepped = new SteppedSpace(createMemorySpace(), 'a')
      const storage = await stepped.open('db')
      let call = Promise.resolve()
      const end = stepped.run(async () => {
        call = storage.batch([['k', one]], [])
        for (let left = turns; left > 0; left -= 1) await undefined
      })
      expect(await stepped.step(Number.POSITIVE_INFINITY)).toBe(false)
      await Promise.all([end, call])
      expect(await keysOf(stepped)).toEqual(['k'])
    },
  )

  it('withholds hints during the work, and leaves the keys alone', async () => {
    const space = createMemorySpace()
    const stepped = new SteppedSpace(space, 'a')
    const other = await space.open('db')
    let hints = 0
    ;(await stepped.open('db')).watch(() => {
      hints += 1
    })
    await stepped.run(async () => {
      await other.batch([['a', one]], [])
      await (await stepped.open('keys')).batch([['name/x', one]], [])
    })
    expect(hints).toBe(0)
    await other.batch([['b', one]], [])
    await undefined
    expect(hints).toBe(1)
  })
})
