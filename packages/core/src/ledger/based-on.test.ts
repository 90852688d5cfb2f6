import { describe, expect, it } from 'vitest'
import { testCid } from '../commits/fixtures/test-cid.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import type { Conflict } from '../database/history/conflict-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openReplica } from '../testing/fixtures/open-replica.js'

async function versionsOf(db: Database<AnyDocument>, id: string): Promise<unknown[]> {
  const conflicts = await db.conflicts().toArray()
  const conflict = conflicts.find(each => each.id === id) as Conflict<AnyDocument> | undefined
  return (conflict?.versions ?? []).map(({ doc }) => ('n' in doc ? doc.n : 'deleted'))
}

function openDb(): Database<AnyDocument> {
  return openReplica({ space: createMemorySpace() })
}

describe('a put that is based on a clock', () => {
  it('supersedes the winner of that moment, and what came since stays visible as a conflict', async () => {
    const db = openDb()
    const base = await db.put({ _id: 'x', n: 1 })
    await db.put({ _id: 'x', n: 2 })
    await db.put({ _id: 'x', n: 3 }, { basedOn: base.clock })
    expect(await db.get('x')).toEqual({ _id: 'x', n: 3 })
    expect(await versionsOf(db, 'x')).toEqual([3, 2])
    await db.put({ _id: 'x', n: 4 }, { basedOn: await db.clock() })
    expect(await versionsOf(db, 'x')).toEqual([4, 2])
    await db.del('x')
    expect(await db.has('x')).toBe(false)
    expect(await versionsOf(db, 'x')).toEqual([])
    await db.close()
  })

  it('that lies before the document supersedes nothing', async () => {
    const db = openDb()
    await db.put({ _id: 'x', n: 1 })
    await db.put({ _id: 'x', n: 2 }, { basedOn: [] })
    expect(await versionsOf(db, 'x')).toEqual([2, 1])
    await db.close()
  })

  it('of another document touches only what it writes', async () => {
    const db = openDb()
    await db.put({ _id: 'x', n: 1 })
    const { clock } = await db.put({ _id: 'y', n: 1 })
    await db.put({ _id: 'y', n: 2 })
    await db.put({ _id: 'x', n: 2 }, { basedOn: clock })
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('that this database does not know, or that is none, is refused', async () => {
    const db = openDb()
    await db.put({ _id: 'x', n: 1 })
    const unknown = db.put({ _id: 'x', n: 2 }, { basedOn: [testCid(1).toString()] })
    await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_CLOCK' })
    for (const basedOn of ['x', 5, {}, [5], ['x'], null] as never[]) {
      await expect(db.put({ _id: 'x', n: 2 }, { basedOn })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
      await expect(db.del('x', { basedOn })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
    expect(await db.get('x')).toEqual({ _id: 'x', n: 1 })
    await db.close()
  })

  it('deletes what there was at that moment, and nothing that came since', async () => {
    const db = openDb()
    const base = await db.put({ _id: 'x', n: 1 })
    await db.put({ _id: 'x', n: 2 })
    await db.del('x', { basedOn: base.clock })
    expect(await db.get('x')).toEqual({ _id: 'x', n: 2 })
    const before = await db.clock()
    await db.del('x', { basedOn: [] })
    expect(await db.clock()).toEqual(before)
    await db.close()
  })
})

describe("a write with ifStale: 'fail'", () => {
  it('is refused as STALE when the document changed since the clock, and nothing is written', async () => {
    const db = openDb()
    const base = await db.put({ _id: 'x', n: 1 })
    await db.put({ _id: 'y', n: 1 })
    await db.put({ _id: 'x', n: 2 }, { basedOn: base.clock, ifStale: 'fail' })
    const clock = await db.clock()
    const stale = { basedOn: base.clock, ifStale: 'fail' } as const
    await expect(db.put({ _id: 'x', n: 3 }, stale)).rejects.toMatchObject({
      code: 'STALE',
      details: { id: 'x' },
    })
    await expect(db.del('x', stale)).rejects.toMatchObject({ code: 'STALE' })
    await db.del('x')
    await expect(db.put({ _id: 'x', n: 3 }, stale)).rejects.toMatchObject({ code: 'STALE' })
    expect((await db.changes(clock)).rows.length).toBe(1)
    await db.close()
  })

  it('is refused when another tab wrote what this caller has not seen, and not a second time', async () => {
    const space = createMemorySpace()
    const open = (seed: number) =>
      openReplica({ space: new HookedSpace(space, `deaf ${seed}`, undefined, false), seed })
    const [here, there] = [open(1), open(2)]
    await here.put({ _id: 'x', n: 0 })
    for (const [n, tab] of [there, here, there, here].entries()) {
      await tab.transact(() => undefined)
      await (tab === here ? there : here).update('x', () => ({ n: `${n} unseen` }))
      const refused = tab.put({ _id: 'x', n }, { ifStale: 'fail' })
      await expect(refused).rejects.toMatchObject({ code: 'STALE' })
      await tab.put({ _id: 'x', n }, { ifStale: 'fail' })
    }
    expect(await here.conflicts().toArray()).toEqual([])
    await Promise.all([here.close(), there.close()])
  })

  it('goes through where only this engine wrote before, awaited or not', async () => {
    const db = openDb()
    const puts = [
      db.put({ _id: 'x', n: 1 }, { ifStale: 'fail' }),
      db.put({ _id: 'x', n: 2 }),
      db.put({ _id: 'x', n: 3 }, { ifStale: 'fail' }),
      db.del('x', { ifStale: 'fail' }),
      db.put({ _id: 'x', n: 4 }, { ifStale: 'fail' }),
    ]
    await Promise.all(puts)
    expect(await db.get('x')).toEqual({ _id: 'x', n: 4 })
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it.each(['never', true, null])('takes nothing else: not %s', async ifStale => {
    const db = openDb()
    const options = { ifStale } as never
    await expect(db.put({ _id: 'x' }, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await db.close()
  })
})

describe('deleting', () => {
  it('a put on a deleted document brings it back without a conflict', async () => {
    const db = openDb()
    await db.put({ _id: 'x', n: 1 })
    await db.del('x')
    expect(await db.find('x')).toBeUndefined()
    await expect(db.get('x')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/^Not found/),
    })
    await db.put({ _id: 'x', n: 2 })
    expect(await db.get('x')).toEqual({ _id: 'x', n: 2 })
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('what is missing or deleted writes nothing and resolves, under both names', async () => {
    const db = openDb()
    await db.put({ _id: 'x', n: 1 })
    await db.remove('x')
    const clock = await db.clock()
    expect(await db.del('x')).toEqual({ id: 'x', clock })
    expect(await db.remove('y')).toEqual({ id: 'y', clock })
    expect(await db.clock()).toEqual(clock)
    await db.close()
  })
})
