import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../../storage/memory-storage.js'
import type { StorageSpace } from '../../storage/storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import { seededRandom } from '../../testing/seeded-random.js'
import { SteppedSpace } from '../../testing/stepped-space.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import { deleteDatabase, listDatabases, openDatabase } from '../firekeep.js'
import { readAll, storedKeys } from '../fixtures/forks.js'

const HOUR = 3_600_000
/** Every so many of the storage calls; all of them in the long run. */
const STRIDE = process.env.FIREKEEP_LONG ? 1 : 5

/** A database whose clock runs so fast that packs that were replaced go with the next compaction. */
function openFast(space: StorageSpace, name = 'base', seed = 1): Database<AnyDocument> {
  let time = 0
  return openDatabase(
    name,
    { storage: space, autoCompact: false },
    {
      now: () => (time += HOUR),
      random: seededRandom(seed),
      delay: async () => undefined,
      report: () => undefined,
    },
  )
}

async function written(space: StorageSpace): Promise<void> {
  const db = createTestDatabase({ storage: space, name: 'base' })
  await db.put({ _id: 'a', n: 1 })
  await db.compact()
  await db.put({ _id: 'a', n: 2 })
  await db.compact()
  await db.put({ _id: 'b', n: 1 })
  await db.close()
}

/** Everything can be read, from what is stored alone. */
async function expectWhole(space: StorageSpace, name: string, shown: Record<string, number>): Promise<void> {
  const db = createTestDatabase({ storage: new SteppedSpace(space, `look at ${name}`), name })
  expect(await readAll(db)).toEqual(shown)
  for (const id of Object.keys(shown)) {
    for (const { doc } of await db.history(id).toArray()) expect(doc).toBeDefined()
  }
  await db.close()
}

describe('a fork and a compaction that goes on meanwhile', () => {
  for (const first of ['fork', 'compaction'] as const) {
    it(`neither loses a document, wherever the ${first} is interrupted by the other`, async () => {
      for (let calls = 0; ; calls += first === 'fork' ? Math.min(2, STRIDE) : STRIDE) {
        const space = createMemorySpace()
        await written(space)
        const [a, b] = [new SteppedSpace(space, 'a'), new SteppedSpace(space, 'b')]
        const [one, two] = [openFast(a), openFast(b, 'base', 2)]
        await Promise.all([readAll(one), readAll(two)])
        const fork = a.run(() => one.fork('draft'))
        const compaction = b.run(() => two.compact())
        const [early, late] = first === 'fork' ? [a, b] : [b, a]
        const isWithin = await early.step(calls)
        await late.step(Number.POSITIVE_INFINITY)
        await early.step(Number.POSITIVE_INFINITY)
        const forked = await fork
        await compaction
        await two.put({ _id: 'c', n: 3 })
        await two.compact()
        await two.compact()
        expect(await readAll(forked)).toEqual({ a: 2, b: 1 })
        await expectWhole(space, 'draft', { a: 2, b: 1 })
        await expectWhole(space, 'base', { a: 2, b: 1, c: 3 })
        await Promise.all([one.close(), two.close(), forked.close()])
        if (!isWithin) break
      }
    })
  }

  it('of a moment, the same', async () => {
    for (let calls = 0; ; calls += STRIDE) {
      const space = createMemorySpace()
      await written(space)
      const [a, b] = [new SteppedSpace(space, 'a'), new SteppedSpace(space, 'b')]
      const [one, two] = [openFast(a), openFast(b, 'base', 2)]
      const asOf = (await one.history('a').toArray())[1]?.clock ?? []
      await readAll(two)
      const fork = a.run(() => one.fork('draft', { asOf }))
      const isWithin = await a.step(calls)
      await two.put({ _id: 'c', n: 3 })
      await two.compact()
      await a.step(Number.POSITIVE_INFINITY)
      const forked = await fork
      await two.compact()
      await two.compact()
      await expectWhole(space, 'draft', { a: 1 })
      await expectWhole(space, 'base', { a: 2, b: 1, c: 3 })
      await Promise.all([one.close(), two.close(), forked.close()])
      if (!isWithin) break
    }
  })
})

describe('who is killed', () => {
  it('while a fork is made leaves it whole or not made, and the next call makes it', async () => {
    // After one call is before the next.
    for (let calls = 0; ; calls += process.env.FIREKEEP_LONG ? 1 : 2) {
      for (const when of ['before', 'after'] as const) {
        const space = createMemorySpace()
        await written(space)
        const a = new SteppedSpace(space, 'a')
        const one = openFast(a)
        await readAll(one)
        const fork = a.run(() => one.fork('draft')).catch(error => error)
        const isWithin = await a.step(calls)
        if (!isWithin) {
          await ((await fork) as Database<AnyDocument>).close()
          await one.close()
          return
        }
        await a.kill(when)
        await fork
        await one.close().catch(() => undefined)
        const again = openFast(new SteppedSpace(space, 'b'), 'base', 2)
        const draft = openFast(new SteppedSpace(space, 'c'), 'draft', 3)
        const shown = await readAll(draft).catch(error => error.code)
        await draft.close().catch(() => undefined)
        const isNamed = (await listDatabases({ storage: space })).includes('draft')
        if (!isNamed || shown === 'STORAGE_FAILED') await (await again.fork('draft')).close()
        else expect(shown).toEqual({ a: 2, b: 1 })
        await expectWhole(space, 'draft', { a: 2, b: 1 })
        await expect(again.fork('draft')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
        await again.compact()
        await again.close()
        await deleteDatabase('draft', { storage: space })
        await expectWhole(space, 'base', { a: 2, b: 1 })
        expect(
          (await storedKeys(space)).filter(key => key.includes('/', 15) && key.startsWith('state')),
        ).toEqual([])
      }
    }
  })

  it('while a fork is removed leaves the base whole, and the next call removes the rest', async () => {
    for (let calls = 0; ; calls += 1) {
      const space = createMemorySpace()
      await written(space)
      const a = new SteppedSpace(space, 'a')
      const one = openFast(a)
      const fork = await one.fork('draft')
      await fork.put({ _id: 'a', n: 9 })
      await fork.compact()
      const before = await storedKeys(space)
      const end = a.run(() => fork.destroy()).catch(error => error)
      const isWithin = await a.step(calls)
      if (isWithin) await a.kill()
      await end
      await Promise.allSettled([one.close(), fork.close()])
      expect(before.length).toBeGreaterThan(4)
      await deleteDatabase('draft', { storage: space })
      await expectWhole(space, 'base', { a: 2, b: 1 })
      if (!isWithin) return
    }
  })
})
