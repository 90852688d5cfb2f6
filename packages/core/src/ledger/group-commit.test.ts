import { describe, expect, it } from 'vitest'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { type BatchCall, HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openReplica } from '../testing/fixtures/open-replica.js'

/** A database that has its first document, and the batches that its storage took since. */
async function openCounted() {
  const batches: BatchCall[] = []
  const space = new HookedSpace(createMemorySpace(), 'counted', call => {
    batches.push(call)
    return call.write()
  })
  const db = openReplica({ space })
  const { clock } = await db.put({ _id: 'first' })
  batches.length = 0
  return { db, batches, opsPerCommit: () => opsPerCommit(db, clock) }
}

/** How many documents each commit since `clock` wrote, in the order of the history. */
async function opsPerCommit(db: Database<AnyDocument>, clock: readonly string[]): Promise<number[]> {
  const countByClock = new Map<string, number>()
  for (const row of (await db.changes(clock)).rows) {
    countByClock.set(String(row.clock), (countByClock.get(String(row.clock)) ?? 0) + 1)
  }
  return [...countByClock.values()]
}

describe('a group of calls that wait together', () => {
  it('is one batch and one commit, and all of them resolve with its clock', async () => {
    const { db, batches, opsPerCommit } = await openCounted()
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => db.put({ _id: `${i}` })))
    expect(batches.length).toBe(1)
    expect(await opsPerCommit()).toEqual([50])
    expect(new Set(results.map(result => String(result.clock)))).toEqual(new Set([String(await db.clock())]))
  })

  it('is cut into successive commits of one batch where an id repeats', async () => {
    const { db, batches, opsPerCommit } = await openCounted()
    await Promise.all(['a', 'b', 'a', 'c', 'c'].map(_id => db.put({ _id })))
    expect(batches.length).toBe(1)
    expect(await opsPerCommit()).toEqual([2, 2, 1])
  })

  it('is cut at 1,000 operations', async () => {
    const { db, batches, opsPerCommit } = await openCounted()
    await Promise.all(Array.from({ length: 2500 }, (_, i) => db.put({ _id: `${i}` })))
    expect(batches.length).toBe(1)
    expect(await opsPerCommit()).toEqual([1000, 1000, 500])
  })

  it('is cut at 1 MiB', async () => {
    const { db, batches, opsPerCommit } = await openCounted()
    const text = 'x'.repeat(400_000)
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(_id => db.put({ _id, text })))
    expect(batches.length).toBe(1)
    expect(await opsPerCommit()).toEqual([2, 2, 1])
  })

  it('never splits a call: a bulk of 5,000 among puts is one commit, and of a repeated id its last value', async () => {
    const { db, batches, opsPerCommit } = await openCounted()
    const docs = Array.from({ length: 5000 }, (_, i) => ({ _id: `${i}`, round: 1 }))
    const [, { ids }] = await Promise.all([
      db.put({ _id: 'a' }),
      db.bulk([{ _id: '7', round: 0 }, ...docs]),
      db.put({ _id: 'b' }),
    ])
    expect(batches.length).toBe(1)
    expect(await opsPerCommit()).toEqual([1, 5000, 1])
    expect(await db.get('7')).toEqual({ _id: '7', round: 1 })
    expect(ids.slice(0, 3)).toEqual(['7', '0', '1'])
  })

  it('holds what was issued while the batch before was under way', async () => {
    const { db, batches } = await openCounted()
    const first = db.put({ _id: 'a' })
    const others = Promise.resolve().then(() => Promise.all([db.put({ _id: 'b' }), db.put({ _id: 'c' })]))
    await Promise.all([first, others])
    expect(batches.length).toBe(2)
  })

  it('an empty bulk and a deletion of what is not there write nothing', async () => {
    const { db, batches } = await openCounted()
    const clock = await db.clock()
    expect(await db.bulk([])).toEqual({ ids: [], clock })
    expect(await db.del('nothing')).toEqual({ id: 'nothing', clock })
    expect(await db.put({ _id: 'nothing', _deleted: true })).toEqual({ id: 'nothing', clock })
    expect(batches.length).toBe(0)
  })
})

describe('a call that fails', () => {
  it.each([
    [
      'by its document',
      (db: Database<AnyDocument>) => db.put({ _id: 'x', n: Number.NaN }),
      'INVALID_DOCUMENT',
    ],
    [
      'by its clock',
      (db: Database<AnyDocument>) => db.put({ _id: 'x' }, { basedOn: ['?'] }),
      'INVALID_OPTION',
    ],
    [
      'by its signal',
      (db: Database<AnyDocument>) => db.put({ _id: 'x' }, { signal: AbortSignal.abort() }),
      'ABORTED',
    ],
    [
      'by its options',
      (db: Database<AnyDocument>) => db.put({ _id: 'x' }, { asOf: [] } as object),
      'INVALID_OPTION',
    ],
    [
      'by one of its documents',
      (db: Database<AnyDocument>) => db.bulk([{ _id: 'x' }, { _id: '' }]),
      'INVALID_DOCUMENT',
    ],
  ] as const)('%s fails alone', async (_, call, code) => {
    const { db, batches, opsPerCommit } = await openCounted()
    const [before, failed, after] = await Promise.allSettled([
      db.put({ _id: 'a' }),
      call(db),
      db.put({ _id: 'b' }),
    ])
    expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(failed).toMatchObject({ status: 'rejected', reason: { code } })
    expect(batches.length).toBe(1)
    expect(await opsPerCommit()).toEqual([2])
    expect(await db.has('x')).toBe(false)
  })

  it('by being larger than a commit may be fails alone', async () => {
    const { db, opsPerCommit } = await openCounted()
    const long = 'x'.repeat(4000)
    const docs = Array.from({ length: 4200 }, (_, i) => ({ _id: `${long}${i}` }))
    const [before, failed, after] = await Promise.allSettled([
      db.put({ _id: 'a' }),
      db.bulk(docs),
      db.put({ _id: 'b' }),
    ])
    expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'LIMIT_EXCEEDED' } })
    expect((await opsPerCommit()).reduce((sum, n) => sum + n, 0)).toBe(2)
    expect(await db.has(`${long}0`)).toBe(false)
  })

  it('can be withdrawn while it waits, not any more when it is stored', async () => {
    const { db } = await openCounted()
    const late = new AbortController()
    const soon = new AbortController()
    const calls = [
      db.put({ _id: 'stored' }, { signal: late.signal }),
      db.put({ _id: 'withdrawn' }, { signal: soon.signal }),
    ]
    soon.abort('changed my mind')
    const [stored, withdrawn] = await Promise.allSettled(calls)
    late.abort()
    expect(stored).toMatchObject({ status: 'fulfilled' })
    expect(withdrawn).toMatchObject({ reason: { code: 'ABORTED', cause: 'changed my mind' } })
    expect((await db.allDocs()).docs.map(doc => doc._id)).toEqual(['first', 'stored'])
  })
})
