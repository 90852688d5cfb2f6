import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openReplica } from '../testing/fixtures/open-replica.js'

/** A space whose batches wait until the scheduler of a test lets them go, in an order it chooses. */
function scheduled(space: StorageSpace, id: string, scheduler: fc.Scheduler): StorageSpace {
  return new HookedSpace(space, id, async ({ write }) => {
    await scheduler.schedule(Promise.resolve(), `${id} writes`)
    await write()
    await scheduler.schedule(Promise.resolve(), `${id} wrote`)
  })
}

/** Takes in what others wrote: a guarded write begins with it. */
async function refresh(db: Database<AnyDocument>): Promise<void> {
  await db.transact(() => undefined)
}

const script = fc.array(
  fc.record({
    tab: fc.nat(1),
    kind: fc.constantFrom('put', 'put', 'bulk', 'update'),
    id: fc.constantFrom('a', 'b', 'c'),
  }),
  { minLength: 2, maxLength: 14 },
)

describe('two engines on one storage', () => {
  it('L3: have every acknowledged write of both, however their batches interleave', async () => {
    const property = fc.asyncProperty(fc.scheduler(), script, async (scheduler, steps) => {
      const space = createMemorySpace()
      const tabs = [0, 1].map(i =>
        openReplica({ space: scheduled(space, `tab ${i}`, scheduler), seed: i + 1 }),
      )
      const done = Promise.all(
        steps.map(({ tab, kind, id }, i) => {
          const db = tabs[tab] as Database<AnyDocument>
          if (kind === 'update') return db.update('counter', doc => ({ n: (doc?.n ?? 0) + 1 }))
          if (kind === 'bulk')
            return db.bulk([
              { _id: id, i },
              { _id: `${id}${i}`, i },
            ])
          return db.put({ _id: id, i })
        }),
      )
      await scheduler.waitFor(done)
      const increments = steps.filter(({ kind }) => kind === 'update').length
      const clocks: unknown[] = []
      for (const db of tabs) {
        await scheduler.waitFor(refresh(db))
        const written = (await db.changes()).docs.flatMap(doc => ('i' in doc ? [doc.i] : []))
        const expected = steps.flatMap(({ kind }, i) =>
          kind === 'update' ? [] : kind === 'bulk' ? [i, i] : [i],
        )
        // Every version is there, and of each document the last put of one of the tabs is shown.
        expect(written.length).toBe(expected.length)
        if (increments > 0) expect(await db.get('counter')).toEqual({ _id: 'counter', n: increments })
        clocks.push(await db.clock(), (await db.allDocs()).docs)
      }
      expect(clocks.slice(0, 2)).toEqual(clocks.slice(2))
      await Promise.all(tabs.map(tab => tab.close()))
    })
    await fc.assert(property, { numRuns: runs(15) })
  })

  it('scenario 17: find what the other wrote, also where its keys lie before their own', async () => {
    const space = createMemorySpace()
    const tabs = [1, 2, 3].map(seed => openReplica({ space: new HookedSpace(space, `tab ${seed}`), seed }))
    for (let i = 0; i < 15; i++) {
      for (const [t, tab] of tabs.entries()) await tab.put({ _id: `${t} ${i}` })
    }
    for (const tab of tabs) {
      await refresh(tab)
      expect((await tab.allDocs()).rows.length).toBe(45)
    }
    await Promise.all(tabs.map(tab => tab.close()))
  })

  it('tell each other: a subscriber and a live query here see what was written there', async () => {
    const space = createMemorySpace()
    const [here, there] = [1, 2].map(seed =>
      openReplica({ space: new HookedSpace(space, `${seed}`), seed }),
    ) as [Database<AnyDocument>, Database<AnyDocument>]
    await here.put({ _id: 'mine', n: 1 })
    const heard = new Promise(resolve => here.subscribe(resolve))
    const live = new Promise(resolve => {
      here.live('n', { key: 2 }).subscribe(({ docs }) => docs.length > 0 && resolve(docs))
    })
    await there.put({ _id: 'theirs', n: 2 })
    expect(await heard).toEqual([{ _id: 'theirs', n: 2 }])
    expect(await live).toEqual([{ _id: 'theirs', n: 2 }])
    await Promise.all([here.close(), there.close()])
  })

  it('made at once in two tabs have one key (scenario 11)', async () => {
    const property = fc.asyncProperty(fc.scheduler(), async scheduler => {
      const space = createMemorySpace()
      const slow: StorageSpace = {
        ...space,
        open: async id => {
          const storage = await space.open(id)
          const wait = <T>(call: () => Promise<T>) => scheduler.schedule(Promise.resolve(), id).then(call)
          return {
            ...passThrough(storage),
            get: key => wait(() => storage.get(key)),
            batch: (puts, deletes, options) => wait(() => storage.batch(puts, deletes, options)),
          }
        },
      }
      const tabs = [1, 2].map(seed => openReplica({ space: { ...slow, id: `tab ${seed}` }, seed }))
      const puts = Promise.all(tabs.map((tab, i) => tab.put({ _id: `${i}` })))
      await scheduler.waitFor(puts)
      const keys = await scheduler.waitFor(Promise.all(tabs.map(tab => tab.exportKey())))
      const [first, second] = await scheduler.waitFor(Promise.all(tabs.map(tab => tab.identity())))
      expect(new Set(keys).size).toBe(1)
      expect(first?.database).toBe(second?.database)
      for (const tab of tabs) {
        await scheduler.waitFor(refresh(tab))
        expect((await scheduler.waitFor(tab.allDocs())).rows.map(row => row.id)).toEqual(['0', '1'])
      }
      await scheduler.waitFor(Promise.all(tabs.map(tab => tab.close())))
    })
    await fc.assert(property, { numRuns: runs(12) })
  })
})

/** The methods of a storage as functions of their own. */
function passThrough(storage: Awaited<ReturnType<StorageSpace['open']>>) {
  return {
    kind: storage.kind,
    get: storage.get.bind(storage),
    getRange: storage.getRange.bind(storage),
    list: storage.list.bind(storage),
    getAll: storage.getAll.bind(storage),
    watch: storage.watch.bind(storage),
    batch: storage.batch.bind(storage),
    info: storage.info.bind(storage),
    persist: storage.persist.bind(storage),
    close: storage.close.bind(storage),
  }
}
