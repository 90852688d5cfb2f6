import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { CrashStorage } from '../testing/crash-storage.js'
import { openData, openEngine, storedState, type TestClock } from './fixtures/open-engine.js'
import { planMerge } from './plan-merge.js'
import { HISTORY_PACK_BYTES } from './write-packs.js'

const GRACE = 5 * 60_000
const COMMITS = process.env.FIREKEEP_LONG ? 3000 : 1200

async function packsIn(space: StorageSpace, kind: 'tree' | 'history') {
  const { snapshots } = await storedState(space)
  return snapshots.flatMap(({ packs }) => packs.filter(pack => pack.kind === kind))
}

async function storedPacks(space: StorageSpace): Promise<string[]> {
  const data = await openData(space)
  const keys = await data.list('pack/')
  await data.close()
  return keys
}

/** All that goes on in the background. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}

describe('tree packs', () => {
  it('stay at most max(2, 2 + log₂(commits / 100)) while commits are folded a hundred at a time', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space, autoCompact: 100, clock: { now: 1 } })
    await db.bulk(Array.from({ length: 600 }, (_, i) => ({ _id: `${i}`, i, text: 'some text '.repeat(10) })))
    await db.compact()
    const counts = new Set<number>()
    for (let commits = 1; commits < COMMITS; commits += 101) {
      // An id that repeats makes a commit of each call, and one storage batch of all.
      const put = (i: number) =>
        db.bulk([{ _id: 'repeated' }, { _id: `${(commits * 37 + i) % 600}`, commits }])
      await Promise.all(Array.from({ length: 101 }, (_, i) => put(i)))
      await turns(30)
      const trees = await packsIn(space, 'tree')
      counts.add(trees.length)
      expect(trees.length).toBeLessThanOrEqual(Math.max(2, 2 + Math.log2((commits + 101) / 100)))
      const total = trees.reduce((sum, { bytes }) => sum + bytes, 0)
      const dead = trees.reduce((sum, pack) => sum + pack.dead, 0)
      if (trees.length > 1) expect(dead * 3).toBeLessThanOrEqual(total)
    }
    expect(counts.size).toBeGreaterThan(1)
    expect((await db.changes(undefined, { limit: 1 })).rows.length).toBe(600)
    await db.close()
  })

  it('share what did not change, and become one when more than a third is dead', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space, autoCompact: 1 })
    await db.bulk(Array.from({ length: 2000 }, (_, i) => ({ _id: `${i}`, i, text: 'some text '.repeat(10) })))
    await db.compact()
    const [base] = await packsIn(space, 'tree')
    for (let i = 0; i < 2; i++) await db.put({ _id: `new ${i}` })
    await turns(30)
    const shared = await packsIn(space, 'tree')
    expect(shared.map(({ name }) => name === base?.name)).toEqual([true, false])
    expect((shared[1]?.bytes as number) * 5).toBeLessThan(base?.bytes as number)
    await Promise.all([
      db.bulk(Array.from({ length: 1500 }, (_, i) => ({ _id: `${i}`, i: -i }))),
      db.put({ _id: 'x' }),
      db.put({ _id: 'x' }),
    ])
    await turns(100)
    const trees = await packsIn(space, 'tree')
    expect(trees.length).toBe(1)
    expect(trees[0]).toMatchObject({ dead: 0 })
    await db.close()
  })
})

describe('planMerge', () => {
  const pack = (bytes: number, dead = 0) =>
    ({
      name: `${bytes}`,
      length: bytes,
      directory: { offset: 0, length: 0 },
      kind: 'tree',
      bytes,
      dead,
    }) as const
  const rule = { added: 10, all: false, limit: Number.POSITIVE_INFINITY, most: 9, fanOut: 2 }
  const merged = (packs: readonly ReturnType<typeof pack>[], change: Partial<typeof rule> = {}) =>
    planMerge(packs, { ...rule, ...change }).merged.map(({ bytes }) => bytes)

  it('takes the youngest that are less than twice as large as what comes', () => {
    expect(merged([pack(200), pack(40), pack(19)])).toEqual([40, 19])
    expect(merged([pack(100), pack(40), pack(20)])).toEqual([])
    expect(merged([pack(39), pack(10), pack(10)])).toEqual([39, 10, 10])
    expect(merged([pack(39), pack(10), pack(10)], { limit: 30 })).toEqual([10, 10])
  })

  it('takes more where there would be too many, whatever their sizes', () => {
    const falling = [100_000, 10_000, 1000, 100, 50].map(bytes => pack(bytes))
    expect(merged(falling)).toEqual([])
    expect(merged(falling, { most: 6 })).toEqual([])
    expect(merged(falling, { most: 4 })).toEqual([100, 50])
    expect(merged(falling, { most: 2 })).toEqual([10_000, 1000, 100, 50])
  })

  it('leaves packs of a size until there are as many as go into one', () => {
    const tens = (count: number) => Array.from({ length: count }, () => pack(10))
    expect(merged([pack(100), ...tens(2)], { fanOut: 4 })).toEqual([])
    expect(merged([pack(100), ...tens(3)], { fanOut: 4 })).toEqual([10, 10, 10])
    expect(merged([pack(40), pack(40), pack(40), ...tens(3)], { fanOut: 4 })).toEqual([
      40, 40, 40, 10, 10, 10,
    ])
  })

  it('takes all when more than a third is dead, or when asked to', () => {
    expect(merged([pack(100, 40), pack(20)])).toEqual([])
    expect(merged([pack(100, 41), pack(20)])).toEqual([100, 20])
    expect(merged([pack(100), pack(20)], { all: true })).toEqual([100, 20])
    expect(merged([pack(100), pack(20)], { all: true, limit: 100 })).toEqual([20])
  })
})

describe('history packs', () => {
  it('hold at most 4 MiB of blocks, and full ones stay as they are', async () => {
    const space = createMemorySpace()
    const db = openEngine({ space })
    const text = 'x'.repeat(300_000)
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 12; i++) await db.put({ _id: `${i}`, round, text })
      await db.compact()
      const packs = await packsIn(space, 'history')
      for (const { bytes } of packs) expect(bytes).toBeLessThanOrEqual(HISTORY_PACK_BYTES)
      expect(packs.length).toBeLessThanOrEqual(round + 2)
    }
    expect((await db.changes()).rows.length).toBe(36)
    expect((await db.changes()).docs.every(doc => doc.text.length === text.length)).toBe(true)
    await db.close()
  })
})

describe('a pack that was replaced', () => {
  it('stays as long as views may read it, and goes with a compaction after that', async () => {
    const space = createMemorySpace()
    const clock: TestClock = { now: 1_000_000 }
    const db = openEngine({ space, clock })
    for (let i = 0; i < 5; i++) await db.put({ _id: `${i}` })
    await db.compact()
    const first = await storedPacks(space)
    await db.put({ _id: 'more' })
    await db.compact()
    expect(await storedPacks(space)).toEqual(expect.arrayContaining(first))
    clock.now += GRACE - 1
    expect(await db.compact()).toMatchObject({ commits: 0, packsReplaced: 0 })
    expect(await storedPacks(space)).toEqual(expect.arrayContaining(first))
    clock.now += 1
    await db.compact()
    const left = await storedPacks(space)
    expect(left.length).toBe(2)
    for (const key of first) expect(left).not.toContain(key)
    expect((await db.allDocs()).rows.length).toBe(6)
    expect((await db.changes()).rows.length).toBe(6)
    const { snapshots } = await storedState(space)
    expect(snapshots[0]?.replaced).toEqual([])
    await db.close()
  })
})

describe('opening', () => {
  it('reads as much of 10,000 documents as of 100 (L11)', async () => {
    const calls: number[] = []
    const callsToRead: number[] = []
    for (const count of [100, 1000, 10_000]) {
      const space = createMemorySpace()
      const filler = openEngine({ space })
      await filler.bulk(
        Array.from({ length: count }, (_, i) => ({ _id: `${i}`, i, text: 'some text '.repeat(5) })),
      )
      await filler.compact()
      await filler.put({ _id: 'after' })
      await filler.close()
      const opened: CrashStorage[] = []
      const counting: StorageSpace = {
        ...space,
        id: `${space.id}/counting`,
        open: async id => {
          const storage = await space.open(id)
          if (id === 'keys') return storage
          const counted = new CrashStorage(storage, { counts: 'all' })
          opened.push(counted)
          return counted
        },
      }
      const db = openEngine({ space: counting })
      await db.clock()
      calls.push(opened[0]?.operations as number)
      await db.get('7')
      callsToRead.push(opened[0]?.operations as number)
      await db.close()
    }
    expect(calls[1]).toBeLessThanOrEqual((calls[0] as number) + 1)
    expect(calls[2]).toBeLessThanOrEqual((calls[0] as number) + 1)
    expect(Math.max(...calls)).toBeLessThanOrEqual(8)
    expect(Math.max(...callsToRead)).toBeLessThanOrEqual(20)
  })
})
