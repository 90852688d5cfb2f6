import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import { engineOf } from '../engine-of.js'
import { readAll, rootsOf } from '../fixtures/forks.js'

async function forked() {
  const space = createMemorySpace()
  const db = createTestDatabase({ name: 'base', storage: space })
  await db.bulk([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 1 },
  ])
  const fork = await db.fork('draft')
  return { space, db, fork, close: () => Promise.all([db.close(), fork.close()]) }
}

describe('merging all of a fork', () => {
  it('brings its commits over, and tells what changed', async () => {
    const { db, fork, close } = await forked()
    await fork.put({ _id: 'a', n: 2 })
    const { clock } = await fork.put({ _id: 'c', n: 1 })
    expect(await db.mergeFrom(fork)).toEqual({ clock, commits: 2, ids: ['a', 'c'] })
    expect(await readAll(db)).toEqual({ a: 2, b: 1, c: 1 })
    expect(await db.mergeFrom(fork)).toEqual({ clock, commits: 0, ids: [] })
    await close()
  })

  it('leaves a conflict where both wrote one document', async () => {
    const { db, fork, close } = await forked()
    await fork.put({ _id: 'a', n: 2 })
    await db.put({ _id: 'a', n: 3 })
    await db.mergeFrom(fork)
    await fork.mergeFrom(db)
    const [here, there] = [await db.conflicts().toArray(), await fork.conflicts().toArray()]
    expect(here).toHaveLength(1)
    expect(here).toEqual(there)
    await close()
  })

  it('equals having written in one place, whatever was folded where and when', async () => {
    type Write = readonly [id: string, n: number, place: number, folds: boolean, merges: boolean]
    const write: fc.Arbitrary<Write> = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.nat({ max: 3 }),
      fc.nat({ max: 1 }),
      fc.boolean(),
      fc.boolean(),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 10 }), async writes => {
        const { db, fork, close } = await forked()
        const both = [db, fork] as const
        // Replicas of the lineage elsewhere: one learns all from the base, one from the fork, in their orders.
        const one = createTestDatabase({ key: await db.exportKey(), seed: 3 })
        for (const [id, n, place, folds, merges] of writes) {
          const target = both[place] ?? db
          if (n === 0) await target.del(id)
          else await target.put({ _id: id, n, text: 'x'.repeat(n === 3 ? 5000 : 1) })
          if (folds) await target.compact()
          if (merges) await one.mergeFrom(target)
        }
        await db.mergeFrom(fork)
        await fork.mergeFrom(db)
        await one.mergeFrom(db)
        for (const each of [db, fork, one]) await each.compact()
        expect(await fork.clock()).toEqual(await db.clock())
        expect(await one.clock()).toEqual(await db.clock())
        expect(await rootsOf(fork)).toEqual(await rootsOf(db))
        expect(await rootsOf(one)).toEqual(await rootsOf(db))
        await Promise.all([close(), one.close()])
      }),
      { numRuns: runs(5) },
    )
  })

  it('brings commits without contents where these were erased', async () => {
    const { db, fork, close } = await forked()
    await fork.put({ _id: 'a', n: 2 })
    await fork.put({ _id: 'a', n: 3 })
    await fork.prune({ before: await fork.clock() })
    expect((await db.mergeFrom(fork)).commits).toBe(2)
    expect(await readAll(db)).toEqual({ a: 3, b: 1 })
    await close()
  })

  it('is refused from a database of other secrets, with the ways out', async () => {
    const { db, close } = await forked()
    const other = createTestDatabase({ name: 'other', seed: 2 })
    await other.put({ _id: 'x', n: 1 })
    const merge = db.mergeFrom(other)
    await expect(merge).rejects.toMatchObject({ code: 'DATABASE_MISMATCH' })
    await expect(merge).rejects.toThrow(/only.*exportJson/)
    await Promise.all([close(), other.close()])
  })
})

describe('merging picked documents', () => {
  it('writes them by new commits that name where they come from, deletions too', async () => {
    const { db, fork, close } = await forked()
    const { clock } = await fork.put({ _id: 'a', n: 2 })
    await fork.del('b')
    await fork.put({ _id: 'c', n: 1 })
    const merged = await db.mergeFrom(fork, { only: ['a', 'b', 'a'] })
    expect(merged).toMatchObject({ commits: 1, ids: ['a', 'b'] })
    expect(await db.clock()).toEqual(merged.clock)
    expect(await readAll(db)).toEqual({ a: 2 })
    const view = await engineOf(db).view()
    const [head] = view.heads
    const { ops } = await view.commitOf(head as NonNullable<typeof head>)
    const { origin } = ops.find(({ id }) => id === 'a') ?? {}
    expect(origin?.commit.toString()).toBe(clock[0])
    const source = await engineOf(fork).view()
    const written = await source.commitOf(source.heads[0] as NonNullable<typeof head>)
    expect(origin?.author).toEqual(written.author)
    expect(await db.conflicts().toArray()).toEqual([])
    await close()
  })

  it('of any database, as they were at a moment, and leaves equal ones alone', async () => {
    const { db, close } = await forked()
    const other = createTestDatabase({ name: 'other', seed: 2 })
    const { clock } = await other.bulk([
      { _id: 'a', n: 7 },
      { _id: 'b', n: 1 },
    ])
    await other.put({ _id: 'a', n: 8 })
    const merged = await db.mergeFrom(other, { only: ['a', 'b'], asOf: clock })
    expect(merged).toMatchObject({ commits: 1, ids: ['a'] })
    expect(await readAll(db)).toEqual({ a: 7, b: 1 })
    expect(await db.mergeFrom(other, { only: [] })).toMatchObject({ commits: 0, ids: [] })
    await Promise.all([close(), other.close()])
  })

  it('takes a thousand to a commit', async () => {
    const { db, close } = await forked()
    const other = createTestDatabase({ name: 'other', seed: 2 })
    const { ids } = await other.bulk(Array.from({ length: 1500 }, (_, i) => ({ _id: `doc-${i}`, n: i })))
    expect(await db.mergeFrom(other, { only: ids })).toMatchObject({ commits: 2 })
    expect((await db.allDocs()).docs).toHaveLength(1502)
    await Promise.all([close(), other.close()])
  })

  it('writes nothing where one of them never was there, or options are wrong', async () => {
    const { db, fork, close } = await forked()
    await fork.put({ _id: 'a', n: 2 })
    const before = await db.clock()
    await expect(db.mergeFrom(fork, { only: ['a', 'nowhere'] })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    for (const options of [{ only: 'a' }, { asOf: before }, { some: 1 }] as never[]) {
      await expect(db.mergeFrom(fork, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
    await expect(db.mergeFrom({} as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(await db.clock()).toEqual(before)
    await close()
  })
})
