import { afterEach, describe, expect, it } from 'vitest'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { createTestDatabase } from '../testing/create-test-database.js'
import { Deferred } from './fixtures/deferred.js'
import { until } from './fixtures/manual-time.js'
import { request } from './request.js'
import { requestId } from './request-id.js'
import { worker } from './worker.js'

const opened: { close(): Promise<void> }[] = []

function open(fill?: number): Database<AnyDocument> {
  const db = createTestDatabase(fill === undefined ? {} : { key: new Uint8Array(32).fill(fill) })
  opened.push(db)
  return db
}

/** A worker that doubles numbers and counts how often it did. */
function double(db: Database<AnyDocument>) {
  const runs: number[] = []
  const jobs = worker(db, {
    retries: 0,
    run: ({ input }) => {
      runs.push(input.n)
      if (input.n < 0) throw new Error('negative')
      return { result: 2 * input.n }
    },
  })
  opened.unshift({ close: () => jobs.stop() })
  return runs
}

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

describe('a request', () => {
  it('is done once and then answered from the database', async () => {
    const db = open()
    const runs = double(db)
    const [first, same] = await Promise.all([request(db, { n: 4, x: 'a' }), request(db, { x: 'a', n: 4 })])
    expect(first).toMatchObject({ state: 'ran-ok', result: 8, input: { n: 4, x: 'a' } })
    expect(same).toEqual(first)
    expect(await request(db, { n: 4, x: 'a' })).toEqual(first)
    expect(await request(db, { n: 5, x: 'a' })).toMatchObject({ result: 10 })
    expect(runs).toEqual([4, 5])
  })

  it('tells of a failure as of a result', async () => {
    const db = open()
    const runs = double(db)
    expect(await request(db, { n: -1 })).toMatchObject({ state: 'failed', error: 'negative' })
    expect(await request(db, { n: -1 })).toMatchObject({ state: 'failed' })
    expect(runs).toEqual([-1])
  })

  it('runs again where that is asked for, also while it runs, and keeps the earlier answers', async () => {
    const db = open()
    const ends = [new Deferred<AnyDocument>(), new Deferred<AnyDocument>()]
    let runs = 0
    const jobs = worker(db, { run: () => ends[runs++]?.promise as Promise<AnyDocument> })
    opened.unshift({ close: () => jobs.stop() })
    const first = request(db, 'x')
    await until(() => runs === 1)
    const second = request(db, 'x', { fresh: true })
    ends[0]?.resolve({ result: 'first' })
    expect(await first).toMatchObject({ result: 'first' })
    await until(() => runs === 2)
    ends[1]?.resolve({ result: 'second' })
    expect(await second).toMatchObject({ result: 'second' })
    const { _id } = await second
    const results = (await db.history(_id).toArray()).map(({ doc }) => (doc as AnyDocument).result)
    expect(results.filter(result => result !== undefined)).toEqual(['second', 'first'])
  })

  it('that was made once more apart from the one that ended has its answer', async () => {
    const db = open()
    const runs = double(db)
    const first = await request(db, { n: 4 })
    // As from a device that was offline: it stands above the result, and neither knows of the other.
    await db.put({ _id: first._id, state: 'please-run', input: { n: 4 } }, { basedOn: [] })
    expect(await request(db, { n: 4 })).toMatchObject({ state: 'ran-ok', result: 8 })
    expect(await db.conflicts().toArray()).toEqual([])
    expect(runs).toEqual([4])
    expect(await request(db, { n: 4 }, { fresh: true })).toMatchObject({ result: 8 })
    expect(runs).toEqual([4, 4])
  })

  it('takes the names of states and fields that the worker has', async () => {
    const db = open()
    const jobs = worker(db, {
      from: { field: 'step', value: 'todo' },
      ...{ running: 'doing', done: 'did', failed: 'broke' },
      run: ({ kind }) => ({ result: kind }),
    })
    opened.unshift({ close: () => jobs.stop() })
    const options = {
      from: { field: 'step', value: 'todo' },
      ...{ done: 'did', failed: 'broke', fields: { kind: 'resize' } },
    }
    expect(await request(db, 1, options)).toMatchObject({ step: 'did', result: 'resize', input: 1 })
  })

  it('ends when its time is over, when its signal fires, and when the job is deleted', async () => {
    const db = open()
    await expect(request(db, 1, { timeout: 5 })).rejects.toMatchObject({ code: 'ABORTED' })
    await expect(request(db, 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
    const abort = new AbortController()
    const aborted = request(db, 2, { signal: abort.signal })
    abort.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' })
    const deleted = request(db, 1)
    await until(async () => (await db.find(await requestId(db, 1))) !== undefined)
    const stop = expect(deleted).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await db.del(await requestId(db, 1))
    await stop
  })

  it('ends when the database is closed, also where others have it open', async () => {
    const storage = createMemorySpace()
    const [db, other] = [createTestDatabase({ storage }), createTestDatabase({ storage })]
    opened.push(other)
    const waiting = expect(request(db, 1)).rejects.toMatchObject({ code: 'CLOSED' })
    await until(async () => (await other.find(await requestId(other, 1))) !== undefined)
    await db.close()
    await waiting
    expect(await other.find(await requestId(other, 1))).toMatchObject({ state: 'please-run' })
  })

  it('of what cannot be stored, or with wrong options, is refused', async () => {
    const db = open()
    await expect(request(db, { f: () => 1 })).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    await expect(request(db, undefined)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    for (const options of [{ fresh: 1 }, { form: 'x' }, { from: '_x', signal: 1 }, { fields: 1 }]) {
      await expect(request(db, 1, options as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
    expect((await db.allDocs()).rows).toEqual([])
  })
})

describe('the id of a request', () => {
  it('is the same for inputs that are stored alike, and no others', async () => {
    const db = open()
    const same = [
      [
        { a: 1, b: [2, { c: 3 }] },
        { b: [2, { c: 3 }], a: 1 },
      ],
      [-0, 0],
      [new Date(0), '1970-01-01T00:00:00.000Z'],
      [Uint8Array.of(1, 2), Buffer.from([1, 2])],
      [{ a: undefined, b: 1 }, { b: 1 }],
    ]
    for (const [a, b] of same) expect(await requestId(db, a)).toBe(await requestId(db, b))
    const others = [
      0,
      '0',
      null,
      false,
      [],
      {},
      [0],
      [[0]],
      'AQI',
      Uint8Array.of(1, 2),
      { '/': { bytes: 'AQI' } },
    ]
    expect(new Set(await Promise.all(others.map(each => requestId(db, each)))).size).toBe(others.length)
  })

  it('is the same on devices of one database, also where one may only read, and says nothing elsewhere', async () => {
    const [one, two, other] = [open(1), open(1), open(2)]
    const reader = createTestDatabase({ key: await one.exportKey({ permission: 'read' }) })
    opened.push(reader)
    const ids = await Promise.all([one, two, reader, other].map(db => requestId(db, { secret: 'x' })))
    expect(new Set(ids.slice(0, 3)).size).toBe(1)
    expect(ids[3]).not.toBe(ids[0])
    expect(ids[0]).toMatch(/^request-[a-z2-7]{52}$/)
  })
})
