import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import type { CID } from '../../codec/cid.js'
import type { Snapshot } from '../../state/snapshot.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import type { StorageSpace } from '../../storage/storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import { SteppedSpace } from '../../testing/stepped-space.js'
import { engineOf } from '../engine-of.js'
import { deleteDatabase, listDatabases } from '../firekeep.js'
import { readAll, rootsOf } from '../fixtures/forks.js'

function open(space: StorageSpace = createMemorySpace(), name = 'base') {
  return { space, db: createTestDatabase({ storage: space, name }) }
}

describe('a fork', () => {
  it('begins with what its base shows, and each goes its own way', async () => {
    const { space, db } = open()
    await db.bulk([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
    ])
    await db.compact()
    await db.put({ _id: 'c', n: 1 })
    const fork = await db.fork('draft')
    expect(await readAll(fork)).toEqual({ a: 1, b: 1, c: 1 })
    expect(await fork.clock()).toEqual(await db.clock())
    await fork.put({ _id: 'a', n: 2 })
    await db.del('b')
    expect(await readAll(fork)).toEqual({ a: 2, b: 1, c: 1 })
    expect(await readAll(db)).toEqual({ a: 1, c: 1 })
    expect(await listDatabases({ storage: space })).toEqual(['base', 'draft'])
    expect((await fork.identity()).database).toBe((await db.identity()).database)
    expect((await fork.identity()).fork).toHaveLength(26)
    expect(await db.identity()).not.toHaveProperty('fork')
    await Promise.all([db.close(), fork.close()])
  })

  it('is there when it is opened again, by its name', async () => {
    const { space, db } = open()
    await db.put({ _id: 'a', n: 1 })
    await (await db.fork('draft')).close()
    await db.close()
    const { db: fork } = open(space, 'draft')
    expect(await readAll(fork)).toEqual({ a: 1 })
    await fork.close()
  })

  it('can be made of a fork, and of a database that is empty', async () => {
    const { db } = open()
    const one = await db.fork('one')
    await one.put({ _id: 'a', n: 1 })
    const two = await one.fork('two')
    await two.put({ _id: 'b', n: 2 })
    expect([await readAll(db), await readAll(one), await readAll(two)]).toEqual([
      {},
      { a: 1 },
      { a: 1, b: 2 },
    ])
    await Promise.all([db.close(), one.close(), two.close()])
  })

  it('is refused under a name that is taken', async () => {
    const { space, db } = open()
    const { db: other } = open(space, 'other')
    await other.put({ _id: 'x' })
    await db.put({ _id: 'a', n: 1 })
    for (const name of ['base', 'other', 'draft']) {
      if (name === 'draft') await db.fork('draft')
      await expect(db.fork(name)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
    await expect(db.fork('')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await Promise.all([db.close(), other.close()])
  })

  it('of an earlier moment has the trees that its history gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat({ max: 3 }), fc.boolean()), {
          minLength: 2,
          maxLength: 14,
        }),
        fc.nat({ max: 13 }),
        async (writes, at) => {
          const { db } = open()
          const moments: (readonly string[])[] = []
          const states: unknown[] = []
          for (const [id, n, folds] of writes) {
            if (n === 0) await db.del(id)
            else await db.put({ _id: id, n, text: 'x'.repeat(n === 3 ? 5000 : 1) })
            if (folds) await db.compact()
            moments.push(await db.clock())
            states.push(await readAll(db))
          }
          const i = at % moments.length
          const fork = await db.fork('then', { asOf: moments[i] ?? [] })
          expect(await fork.clock()).toEqual(moments[i])
          expect(await readAll(fork)).toEqual(states[i])
          // The same history from its commits alone: what differs would be a root.
          const other = createTestDatabase({ key: await db.exportKey(), seed: 2 })
          await other.mergeFrom(fork)
          await other.compact()
          await fork.compact()
          expect(await fork.diff(other).toArray()).toEqual([])
          expect(await rootsOf(fork)).toEqual(await rootsOf(other))
          await fork.mergeFrom(db)
          expect(await readAll(fork)).toEqual(await readAll(db))
          for (const [id] of writes) {
            const all = await fork.history(id).toArray()
            expect(all.every(({ doc }) => doc !== undefined)).toBe(true)
          }
          await Promise.all([db.close(), fork.close(), other.close()])
        },
      ),
      { numRuns: runs(5) },
    )
  })

  it('of a moment with many conflicts reads a large commit once, and not for each document', async () => {
    const { db } = open()
    const docs = Array.from({ length: 60 }, (_, i) => ({ _id: `d${i}`, n: 0 }))
    await db.bulk(docs)
    const other = await db.fork('other')
    await db.bulk(docs.map(doc => ({ ...doc, n: 1 })))
    await other.bulk(docs.map(doc => ({ ...doc, n: 2 })))
    await db.mergeFrom(other)
    const asOf = await db.clock()
    const before = await readAll(db)
    await db.bulk(docs.map(doc => ({ ...doc, n: 3 })))
    await db.compact()
    const { snapshot } = await engineOf(db).view()
    let reads = 0
    const { findCommit } = snapshot as Snapshot
    Object.assign(snapshot as Snapshot, {
      findCommit(cid: CID) {
        reads += 1
        return findCommit.call(snapshot, cid)
      },
    })
    const then = await db.fork('then', { asOf })
    expect(reads).toBeGreaterThan(0)
    expect(reads).toBeLessThan(20)
    expect(await readAll(then)).toEqual(before)
    await Promise.all([db.close(), other.close(), then.close()])
  })

  it('of a moment that is unknown or whose contents were erased fails, and leaves nothing', async () => {
    const { space, db } = open()
    const { clock } = await db.put({ _id: 'a', n: 1 })
    await db.put({ _id: 'a', n: 2 })
    await db.prune({ before: new Date(Date.UTC(2030, 0, 1)) })
    await expect(db.fork('then', { asOf: clock })).rejects.toMatchObject({ code: 'PRUNED' })
    const other = createTestDatabase()
    const unknown = (await other.put({ _id: 'a' })).clock
    await expect(db.fork('then', { asOf: unknown })).rejects.toMatchObject({ code: 'UNKNOWN_CLOCK' })
    expect(await listDatabases({ storage: space })).toEqual(['base'])
    await Promise.all([db.close(), other.close()])
  })

  it('keeps its contents when the base is pruned, purged, compacted or removed', async () => {
    const { space, db } = open()
    const { clock } = await db.put({ _id: 'a', n: 1, text: 'first' })
    await db.put({ _id: 'a', n: 2 })
    await db.put({ _id: 'b', n: 1 })
    await db.compact()
    const fork = await db.fork('draft')
    await db.purge('b')
    await db.prune({ before: await db.clock() })
    await expect(db.get('a', { asOf: clock })).rejects.toMatchObject({ code: 'PRUNED' })
    await db.compact()
    expect(await fork.get('a', { asOf: clock })).toMatchObject({ text: 'first' })
    expect(await readAll(fork)).toEqual({ a: 2, b: 1 })
    await db.destroy()
    expect(await listDatabases({ storage: space })).toEqual(['draft'])
    expect(await fork.get('a', { asOf: clock })).toMatchObject({ text: 'first' })
    await fork.put({ _id: 'c', n: 3 })
    await fork.compact()
    await fork.close()
    const { db: again } = open(space, 'draft')
    expect(await readAll(again)).toEqual({ a: 2, b: 1, c: 3 })
    await again.destroy()
    expect((await space.list()).filter(id => id !== 'keys')).toEqual([])
  })

  it('that is removed leaves the base whole, and takes along what only it names', async () => {
    const { space, db } = open()
    await db.put({ _id: 'a', n: 1 })
    await db.compact()
    const [id] = (await space.list()).filter(each => each !== 'keys')
    const data = await space.open(id as string)
    const before = await data.list('')
    const fork = await db.fork('draft')
    await fork.bulk([
      { _id: 'a', n: 2 },
      { _id: 'b', n: 2 },
    ])
    await fork.query('n')
    await fork.compact()
    await fork.close()
    await deleteDatabase('draft', { storage: space })
    expect(await data.list('')).toEqual(before)
    expect(await readAll(db)).toEqual({ a: 1 })
    expect(await listDatabases({ storage: space })).toEqual(['base'])
    await Promise.all([data.close(), db.close()])
  })

  it('is closed where it was open when it is removed elsewhere', async () => {
    const { space, db } = open()
    await db.put({ _id: 'a', n: 1 })
    const fork = await db.fork('draft')
    const { db: elsewhere } = open(new SteppedSpace(space, 'tab'), 'draft')
    expect(await readAll(elsewhere)).toEqual({ a: 1 })
    await fork.destroy()
    await expect(elsewhere.update('a', doc => ({ ...doc, n: 2 }))).rejects.toMatchObject({ code: 'CLOSED' })
    expect(await readAll(db)).toEqual({ a: 1 })
    await Promise.all([db.close(), elsewhere.close()])
  })
})
