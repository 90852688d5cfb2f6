import { describe, expect, it } from 'vitest'
import { stride } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { copySpace } from '../testing/fixtures/copy-space.js'
import { SteppedSpace } from '../testing/stepped-space.js'
import { openData, openEngine, storedState } from './fixtures/open-engine.js'

const LONG = 'a long text '.repeat(500)

/** A database with a snapshot, conflicts and long contents, and commits after it. */
async function filledSpace(): Promise<StorageSpace> {
  const space = createMemorySpace()
  const db = openEngine({ space, seed: 1 })
  for (let i = 0; i < 12; i++) await db.put({ _id: `${i}`, i, ...(i % 4 === 0 && { text: LONG }) })
  await db.compact()
  for (let i = 0; i < 12; i += 2) await db.put({ _id: `${i}`, i: -i }, i % 3 === 0 ? { basedOn: [] } : {})
  await db.del('3')
  await db.close()
  return space
}

async function shownBy(db: Database<AnyDocument>) {
  return {
    clock: await db.clock(),
    docs: (await db.allDocs()).docs,
    conflicts: await db.conflicts().toArray(),
    changes: await db.changes(),
  }
}

async function close(db: Database<AnyDocument>): Promise<void> {
  await db.close().catch(error => expect(error).toMatchObject({ code: 'STORAGE_FAILED' }))
}

/** Every value that is stored is named by a record, and every pack that a record names is stored. */
async function expectWhole(space: StorageSpace): Promise<void> {
  const { snapshots } = await storedState(space)
  const data = await openData(space)
  const named = snapshots
    .flatMap(({ packs, replaced }) => [...packs, ...replaced])
    .map(pack => `pack/${pack.name}`)
  expect(await data.list('pack/')).toEqual([...new Set(named)].sort())
  await data.close()
}

describe.each(['before', 'after'] as const)('a crash %s any storage call of a compaction', when => {
  it('leaves the state of before, and the next compaction succeeds (L3, L4)', async () => {
    const filled = await filledSpace()
    const reader = openEngine({ space: filled })
    const expected = await shownBy(reader)
    await reader.close()
    for (let calls = 0, isWithin = true; isWithin; calls += stride(2)) {
      const space = await copySpace(filled)
      const stepped = new SteppedSpace(space, 'crashing')
      const db = openEngine({ space: stepped, seed: 2 })
      await db.clock()
      const end = stepped.run(() => db.compact()).catch(error => error.code)
      isWithin = await stepped.step(calls)
      await stepped.kill(when)
      const isLast = calls > 0 && !isWithin
      if (!isLast) expect(['STORAGE_FAILED', 'BLOCK_MISSING']).toContain(await end)
      await close(db)
      if (isLast) expect(calls).toBeGreaterThan(6)
      await expectWhole(space)
      const again = openEngine({ space, seed: 3 })
      expect(await shownBy(again)).toEqual(expected)
      await again.compact()
      expect(await shownBy(again)).toEqual(expected)
      await again.close()
      await expectWhole(space)
    }
  })

  it('loses no acknowledged write that was made meanwhile, and makes none twice', async () => {
    const filled = await filledSpace()
    for (let calls = 0, isWithin = true; isWithin; calls += stride(3)) {
      const space = await copySpace(filled)
      const stepped = new SteppedSpace(space, 'crashing')
      const db = openEngine({ space: stepped, seed: 2 })
      await db.clock()
      const acknowledged = new Set<string>()
      const write = async (id: string) => {
        await db.put({ _id: id, by: 'the crashed' })
        acknowledged.add(id)
      }
      const increment = () => db.update('counter', doc => ({ n: (doc?.n ?? 0) + 1 })).then(() => 1)
      const end = stepped.run(() =>
        Promise.allSettled([
          db.compact(),
          write('w1'),
          increment(),
          write('w2'),
          db.compact(),
          increment(),
          write('1'),
        ]),
      )
      isWithin = await stepped.step(calls)
      await stepped.kill(when)
      const outcomes = await end
      await close(db)
      const again = openEngine({ space, seed: 3 })
      for (const id of acknowledged) expect(await again.get(id)).toEqual({ _id: id, by: 'the crashed' })
      const increments = [2, 5].filter(i => outcomes[i]?.status === 'fulfilled').length
      const n = (await again.find('counter'))?.n ?? 0
      expect(n).toBeGreaterThanOrEqual(increments)
      expect(n).toBeLessThanOrEqual(2)
      expect((await again.changes()).rows.filter(row => row.id === 'counter').length).toBe(n)
      await again.compact()
      expect((await again.find('counter'))?.n ?? 0).toBe(n)
      await again.close()
      await expectWhole(space)
    }
  })
})
