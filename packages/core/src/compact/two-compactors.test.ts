import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs, stride } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { FirekeepError } from '../errors.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { copySpace } from '../testing/fixtures/copy-space.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { SteppedSpace } from '../testing/stepped-space.js'
import { openEngine, storedRoots, storedState } from './fixtures/open-engine.js'

async function filledSpace(): Promise<StorageSpace> {
  const space = createMemorySpace()
  const db = openEngine({ space, seed: 1 })
  for (let i = 0; i < 8; i++) await db.put({ _id: `${i}`, i })
  await db.compact()
  for (let i = 0; i < 6; i++) await db.put({ _id: `${i}`, i: i + 10 })
  await db.close()
  return space
}

/** A tab that goes on one storage call at a time, and what it was told. */
class Tab {
  readonly stepped: SteppedSpace
  readonly db: Database<AnyDocument>
  readonly acknowledged: string[] = []
  readonly #name: string
  increments = { issued: 0, acknowledged: 0 }

  constructor(space: StorageSpace, name: string, seed: number) {
    this.#name = name
    this.stepped = new SteppedSpace(space, name)
    this.db = openEngine({ space: this.stepped, seed, cacheBytes: 20_000 })
  }

  async put(n: number): Promise<void> {
    const id = `${this.#name} ${n}`
    await this.db.put({ _id: id, n })
    this.acknowledged.push(id)
  }

  async increment(): Promise<void> {
    this.increments.issued += 1
    await this.db.update('counter', doc => ({ n: (doc?.n ?? 0) + 1 }))
    this.increments.acknowledged += 1
  }

  /** Compacts and writes, part of it at once. */
  async work(): Promise<void> {
    await Promise.all([this.db.compact(), this.increment(), this.put(0)])
    await Promise.all([this.put(1), this.increment()])
    await this.db.compact()
    await this.increment()
  }

  async close(): Promise<void> {
    await this.db.close().catch(error => expect(error).toMatchObject({ code: 'STORAGE_FAILED' }))
  }
}

async function openTabs(space: StorageSpace): Promise<readonly [Tab, Tab]> {
  const tabs = [new Tab(space, 'a', 11), new Tab(space, 'b', 12)] as const
  for (const tab of tabs) await tab.db.clock()
  return tabs
}

/** What is stored is what was acknowledged, nothing is there twice, and a fresh compaction of it succeeds. */
async function expectAllThere(space: StorageSpace, tabs: readonly Tab[]): Promise<void> {
  const db = openEngine({ space, seed: 13 })
  for (const id of tabs.flatMap(tab => tab.acknowledged)) expect(await db.has(id)).toBe(true)
  for (let i = 0; i < 8; i++) expect(await db.get(`${i}`)).toEqual({ _id: `${i}`, i: i < 6 ? i + 10 : i })
  const n = (await db.find('counter'))?.n ?? 0
  const sum = (of: 'issued' | 'acknowledged') => tabs.reduce((total, tab) => total + tab.increments[of], 0)
  expect(n).toBeGreaterThanOrEqual(sum('acknowledged'))
  expect(n).toBeLessThanOrEqual(sum('issued'))
  expect(await db.conflicts().toArray()).toEqual([])
  const before = await db.changes()
  expect(before.rows.filter(row => row.id === 'counter').length).toBe(n)
  await db.compact()
  expect(await db.changes()).toEqual(before)
  await db.close()
  const { snapshots } = await storedState(space)
  expect(snapshots.length).toBe(1)
}

async function expectConverged(tabs: readonly Tab[]): Promise<void> {
  const shown: unknown[] = []
  for (const { db } of tabs) {
    // A guarded write begins with what others wrote.
    await db.transact(() => undefined)
    shown.push({ docs: (await db.allDocs()).docs, changes: await db.changes() })
  }
  expect(shown[0]).toEqual(shown[1])
}

describe('two compactors on one storage', () => {
  it('scenario 8: the second in the midst of the first, at every storage call, both end well and agree', async () => {
    const compactAndCount = (tab: Tab) => Promise.all([tab.db.compact(), tab.increment()])
    const filled = await filledSpace()
    for (let calls = 0, isWithin = true; isWithin; calls += stride(2)) {
      const space = await copySpace(filled)
      const [a, b] = await openTabs(space)
      const ends = Promise.all([a.stepped.run(() => a.db.compact()), b.stepped.run(() => compactAndCount(b))])
      isWithin = await a.stepped.step(calls)
      await b.stepped.step(Number.POSITIVE_INFINITY)
      await a.stepped.step(Number.POSITIVE_INFINITY)
      await ends
      await expectConverged([a, b])
      await Promise.all([a.close(), b.close()])
      await expectAllThere(space, [a, b])
    }
  })

  it.each(['before', 'after'] as const)(
    'scenario 8: one of them killed %s any storage call harms neither what was acknowledged nor the other',
    async when => {
      const filled = await filledSpace()
      for (let calls = 0, isWithin = true; isWithin; calls += stride(5)) {
        const space = await copySpace(filled)
        const [a, b] = await openTabs(space)
        const ends = Promise.all([
          a.stepped.run(() => a.work()).catch(error => expect(error).toBeInstanceOf(FirekeepError)),
          b.stepped.run(() => b.work()),
        ])
        // In turns, so that the one that is killed is in the midst of both its own and the other's work.
        for (let i = 0; i < calls; i++) {
          isWithin = await a.stepped.step()
          await b.stepped.step()
        }
        await a.stepped.kill(when)
        await b.stepped.step(Number.POSITIVE_INFINITY)
        await ends
        await Promise.all([a.close(), b.close()])
        await expectAllThere(space, [a, b])
        if (calls > 200) throw new Error('the work never ends')
      }
    },
  )

  it('scenario 14: interleaved call by call in any order, no write and no increment is lost', async () => {
    const filled = await filledSpace()
    const turns = fc.array(fc.record({ tab: fc.nat(1), count: fc.integer({ min: 1, max: 6 }) }), {
      maxLength: 40,
    })
    const property = fc.asyncProperty(turns, async turns => {
      const space = await copySpace(filled)
      const tabs = await openTabs(space)
      const ends = Promise.all(tabs.map(tab => tab.stepped.run(() => tab.work())))
      for (const { tab, count } of turns) await tabs[tab as 0 | 1].stepped.step(count)
      for (const tab of tabs) await tab.stepped.step(Number.POSITIVE_INFINITY)
      await ends
      expect(tabs.map(tab => tab.increments.acknowledged)).toEqual([3, 3])
      await expectConverged(tabs)
      await Promise.all(tabs.map(tab => tab.close()))
      await expectAllThere(space, tabs)
    })
    await fc.assert(property, { numRuns: runs(4) })
  })

  it('end in the roots that one alone would have made (L1)', async () => {
    const filled = await filledSpace()
    const [one, two] = [await copySpace(filled), await copySpace(filled)]
    const alone = openEngine({ space: one })
    await alone.compact()
    await alone.close()
    const [a, b] = await openTabs(two)
    await Promise.all([a.db.compact(), b.db.compact()])
    await Promise.all([a.close(), b.close()])
    expect(await storedRoots(two)).toEqual(await storedRoots(one))
  })
})

describe('a transaction', () => {
  it('is not fooled where another tab wrote and folded between any two of its storage calls', async () => {
    const filled = await filledSpace()
    for (let calls = 0, isWithin = true; isWithin; calls += 1) {
      const space = await copySpace(filled)
      const [a, b] = await openTabs(space)
      const end = a.stepped.run(() => a.increment())
      isWithin = await a.stepped.step(calls)
      await b.increment()
      await b.db.compact()
      await b.increment()
      await a.stepped.step(Number.POSITIVE_INFINITY)
      await end
      await a.db.transact(() => undefined)
      expect(await a.db.get('counter')).toEqual({ _id: 'counter', n: 3 })
      await Promise.all([a.close(), b.close()])
      await expectAllThere(space, [a, b])
    }
  })

  it('that was stored without hearing of it, and folded before it tries again, counts once', async () => {
    const space = createMemorySpace()
    const other = openEngine({ space, seed: 2 })
    let failures = 0
    const deaf = new HookedSpace(space, 'deaf', async ({ write, options }) => {
      await write()
      if (options?.seen === undefined || failures++ > 0) return
      await other.compact()
      throw new FirekeepError('STORAGE_FAILED', 'it was written, but nobody heard of it')
    })
    const db = openEngine({ space: deaf, seed: 1 })
    await db.put({ _id: 'counter', n: 0 })
    await db.update('counter', doc => ({ n: doc?.n + 1 }))
    expect(failures).toBe(1)
    expect(await db.get('counter')).toEqual({ _id: 'counter', n: 1 })
    await db.update('counter', doc => ({ n: doc?.n + 1 }))
    expect(await other.update('counter', doc => ({ n: doc?.n + 1 }))).toBeDefined()
    expect(await other.get('counter')).toEqual({ _id: 'counter', n: 3 })
    await Promise.all([db.close(), other.close()])
  })
})

describe('a tab that heard nothing of a compaction whose replaced packs are gone', () => {
  /** Knows the documents of a snapshot that another tab made anew, and dropped the packs of. */
  async function staleTab() {
    const space = await copySpace(await filledSpace())
    const db = openEngine({
      space: new HookedSpace(space, 'deaf', ({ write }) => write(), false),
      seed: 21,
      cacheBytes: 1,
    })
    await db.clock()
    const other = openEngine({ space, seed: 22 })
    await other.put({ _id: '7', i: 'by the other' })
    await other.put({ _id: 'gone' })
    await other.purge('gone')
    await other.compact()
    return { db, other, close: () => Promise.all([db.close(), other.close()]) }
  }

  it('puts, deletes and updates as if it had', async () => {
    const { db, other, close } = await staleTab()
    await db.put({ _id: '7', i: 'unseen' })
    await db.put({ _id: '0', i: 'new' })
    await db.del('1')
    await db.update('2', doc => ({ i: doc?.i - 1 }))
    expect((await db.allDocs()).rows.length).toBe(7)
    expect((await db.conflicts().toArray()).map(({ id }) => id)).toEqual(['7'])
    await other.transact(() => undefined)
    expect((await other.allDocs()).docs).toEqual((await db.allDocs()).docs)
    expect(await other.get('2')).toEqual({ _id: '2', i: 11 })
    expect(await other.find('1')).toBeUndefined()
    await close()
  })

  it('compacts what it finds instead', async () => {
    const { db, other, close } = await staleTab()
    await db.put({ _id: '0', i: 'new' })
    await db.compact()
    await other.transact(() => undefined)
    expect(await other.get('0')).toEqual({ _id: '0', i: 'new' })
    expect((await other.allDocs()).docs).toEqual((await db.allDocs()).docs)
    await close()
  })

  it('that could not read what it found looks again, and never folds the one without the other', async () => {
    const space = await copySpace(await filledSpace())
    let failing = false
    const db = openEngine({ space: flakySpace(space, () => failing), seed: 31, cacheBytes: 1 })
    await db.clock()
    const other = openEngine({ space, seed: 32 })
    failing = true
    await other.put({ _id: '7', i: 'by the other' })
    await other.compact()
    await other.put({ _id: 'after' })
    for (const attempt of [() => db.transact(() => undefined), () => db.compact()]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    }
    failing = false
    await db.put({ _id: 'mine' })
    await db.compact()
    expect((await db.allDocs()).rows.length).toBe(10)
    expect(await db.get('7')).toEqual({ _id: '7', i: 'by the other' })
    await Promise.all([db.close(), other.close()])
    const again = openEngine({ space, seed: 33 })
    expect((await again.allDocs()).rows.length).toBe(10)
    await again.close()
  })

  /** Deaf to hints, and it cannot read packs while `isFailing`. */
  function flakySpace(space: StorageSpace, isFailing: () => boolean): StorageSpace {
    const deaf = new HookedSpace(space, 'flaky', ({ write }) => write(), false)
    const open = async (id: string) => {
      const storage = await deaf.open(id)
      if (id === 'keys') return storage
      const getRange: typeof storage.getRange = async (...range) => {
        if (isFailing()) throw new FirekeepError('STORAGE_FAILED', 'it cannot be read now')
        return storage.getRange(...range)
      }
      return { ...storage, getRange }
    }
    return { kind: deaf.kind, id: deaf.id, open, list: () => deaf.list(), remove: id => deaf.remove(id) }
  }
})
