import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument, Clock } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openData, openEngine, type TestClock } from './fixtures/open-engine.js'

const GRACE = 5 * 60_000
const COUNT = 200

interface Bench {
  readonly space: StorageSpace
  readonly clock: TestClock
  /** Compacts. */
  readonly here: Database<AnyDocument>
  /** Has the database open meanwhile, and almost nothing of it in memory. */
  readonly there: Database<AnyDocument>
  close(): Promise<unknown>
}

async function openBench({ hints }: { readonly hints: boolean }): Promise<Bench> {
  const space = createMemorySpace()
  const clock: TestClock = { now: 1_000_000 }
  const here = openEngine({ space, seed: 1, clock })
  await here.bulk(
    Array.from({ length: COUNT }, (_, i) => ({ _id: `${i + 1000}`, i, text: 'text '.repeat(20) })),
  )
  await here.compact()
  const deaf = new HookedSpace(space, 'there', ({ write }) => write(), hints)
  const there = openEngine({ space: deaf, seed: 2, clock, cacheBytes: 1 })
  await there.clock()
  return { space, clock, here, there, close: () => Promise.all([here.close(), there.close()]) }
}

/** Compacts until none of the packs of before is left. */
async function replaceAllPacks({ here, clock, space }: Bench): Promise<void> {
  const data = await openData(space)
  const before = await data.list('pack/')
  await here.put({ _id: 'changed', by: 'here' })
  await here.compact()
  clock.now += GRACE
  await here.put({ _id: 'changed', by: 'here', again: true })
  await here.compact()
  const left = new Set(await data.list('pack/'))
  expect(before.some(key => left.has(key))).toBe(false)
  await data.close()
}

/** Lets what goes on in the background go on until something holds, and then some more. */
async function until(holds: () => boolean = () => true): Promise<void> {
  for (let i = 0; i < 20_000 && !holds(); i++) await new Promise(setImmediate)
  for (let i = 0; i < 50; i++) await new Promise(setImmediate)
}

async function firstClock(db: Database<AnyDocument>): Promise<Clock> {
  const commits = await db.history().toArray()
  return commits.at(-1)?.clock as Clock
}

describe('while another tab compacts and drops the packs of before', () => {
  const reads: readonly [string, (db: Database<AnyDocument>) => Promise<unknown>][] = [
    ['get', db => db.get('1007')],
    ['has', db => db.has('1007')],
    ['allDocs', async db => (await db.allDocs({ limit: 150 })).rows.length],
    ['query', async db => (await db.query('i', { range: [7, 9] })).rows.map(row => row.doc)],
    ['count', db => db.count('i', { range: [7, 9] })],
    ['changes', async db => (await db.changes(undefined, { limit: 10 })).rows.length],
    ['get asOf', async db => db.get('1007', { asOf: await firstClock(db) })],
    ['query asOf', async db => (await db.query('i', { range: [7, 9], asOf: await firstClock(db) })).rows],
    ['history', async db => (await db.history('1007').toArray()).length],
    ['conflicts', async db => (await db.conflicts().toArray()).length],
  ]

  it.each(reads)('L6: `%s` on a view of before is run once again on a newer one', async (_, read) => {
    const bench = await openBench({ hints: false })
    const expected = await read(bench.here)
    await replaceAllPacks(bench)
    expect(await read(bench.there)).toEqual(expected)
    expect(await bench.there.get('changed')).toEqual({ _id: 'changed', by: 'here', again: true })
    await bench.close()
  })

  it('L6: a read that is under way ends on what it began with, or begins again: it never mixes', async () => {
    const bench = await openBench({ hints: true })
    const { here, there } = bench
    const total = (docs: readonly AnyDocument[]) => docs.reduce((sum, doc) => sum + (doc.n ?? 0), 0)
    const ids = Array.from({ length: COUNT }, (_, i) => `${i + 1000}`)
    const pages = [0, 1, 2, 3, 4].map(async n => {
      await here.bulk(ids.map(_id => ({ _id, n: n + 1 })))
      if (n % 2 === 0) await replaceAllPacks(bench)
    })
    for (let i = 0; i < 10; i++) {
      const { docs } = await there.allDocs({ range: ['1000', '1999'] })
      expect(docs.length).toBe(COUNT)
      expect(total(docs) % COUNT).toBe(0)
    }
    await Promise.all(pages)
    await bench.close()
  })

  it('scenario 16: a live query and an index go on', async () => {
    const bench = await openBench({ hints: true })
    const { here, there } = bench
    const live = there.live('i', { range: [5, 8] })
    let told = 0
    const stop = live.subscribe(() => {
      told += 1
    })
    await until(() => told > 0)
    expect(live.getSnapshot().docs.map(doc => doc.i)).toEqual([5, 6, 7, 8])
    await replaceAllPacks(bench)
    await until()
    told = 0
    await here.put({ _id: '1006', i: 6.5 })
    await until(() => told > 0)
    expect(live.getSnapshot()).toMatchObject({ status: 'ready', error: undefined })
    expect(live.getSnapshot().docs.map(doc => doc.i)).toEqual([5, 6.5, 7, 8])
    expect(told).toBe(1)
    await here.compact()
    await until()
    expect(told).toBe(1)
    expect((await there.query('i', { range: [5, 8] })).docs.map(doc => doc.i)).toEqual([5, 6.5, 7, 8])
    stop()
    await bench.close()
  })
})

describe('subscribers of another tab', () => {
  it('are told what changed also where the commits came here only as a snapshot, once each', async () => {
    const bench = await openBench({ hints: false })
    const { here, there } = bench
    const told: AnyDocument[][] = []
    const stop = there.subscribe(changes => told.push(changes))
    await here.put({ _id: '1001', i: 'new' })
    await here.del('1002')
    await here.put({ _id: 'fresh' })
    await here.put({ _id: 'passing' })
    await here.del('passing')
    await here.compact()
    await there.transact(() => undefined)
    expect(told).toEqual([[{ _id: '1001', i: 'new' }, { _id: '1002', _deleted: true }, { _id: 'fresh' }]])
    await here.compact()
    await there.compact()
    await there.transact(() => undefined)
    expect(told.length).toBe(1)
    stop()
    await bench.close()
  })

  it('hear of every winner that changed and of no other, whoever compacts when', async () => {
    const step = fc.record({
      kind: fc.constantFrom('put', 'put', 'stale', 'del', 'compact here', 'compact there', 'look'),
      id: fc.constantFrom('a', 'b', 'c'),
    })
    const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), async steps => {
      const space = createMemorySpace()
      const here = openEngine({ space, seed: 1 })
      const there = openEngine({
        space: new HookedSpace(space, 'there', ({ write }) => write(), false),
        seed: 2,
      })
      await there.clock()
      const heard = new Map<string, unknown>()
      let needless = 0
      const stop = there.subscribe(changes => {
        for (const doc of changes) {
          if (JSON.stringify(heard.get(doc._id)) === JSON.stringify(doc)) needless += 1
          heard.set(doc._id, doc)
        }
      })
      for (const [n, { kind, id }] of steps.entries()) {
        if (kind === 'put') await here.put({ _id: id, n })
        if (kind === 'stale') await here.put({ _id: id, n }, { basedOn: [] })
        if (kind === 'del') await here.del(id)
        if (kind === 'compact here') await here.compact()
        if (kind === 'compact there') await there.compact()
        if (kind === 'look') await there.transact(() => undefined)
      }
      await there.transact(() => undefined)
      const shown = new Map((await here.allDocs()).docs.map(doc => [doc._id, doc] as const))
      for (const [id, doc] of heard) expect(doc).toEqual(shown.get(id) ?? { _id: id, _deleted: true })
      for (const [id, doc] of shown) expect(heard.get(id)).toEqual(doc)
      expect(needless).toBe(0)
      stop()
      await Promise.all([here.close(), there.close()])
    })
    await fc.assert(property, { numRuns: runs(8) })
  })
})
