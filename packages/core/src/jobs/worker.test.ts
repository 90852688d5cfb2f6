import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { FirekeepError } from '../errors.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { createTestDatabase } from '../testing/create-test-database.js'
import { Deferred } from './fixtures/deferred.js'
import { ManualTime, quiet, until } from './fixtures/manual-time.js'
import { createJobWorker } from './job-worker.js'
import { worker } from './worker.js'
import type { JobContext, Worker, WorkerOptions } from './worker-types.js'

const opened: { close(): Promise<void> }[] = []

function open(storage: StorageSpace = createMemorySpace(), seed = 1): Database<AnyDocument> {
  const db = createTestDatabase({ storage, seed })
  opened.push(db)
  return db
}

function start(db: Database<AnyDocument>, options: WorkerOptions, time = new ManualTime()): Worker {
  const started = createJobWorker(db, options, time)
  opened.unshift({ close: () => started.stop() })
  return started
}

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

/** A database of which a test answers some calls. */
function replacing(
  db: Database<AnyDocument>,
  calls: Partial<Record<keyof Database, unknown>>,
): Database<AnyDocument> {
  return new Proxy(db, {
    get: (_, name: keyof Database<AnyDocument>) => {
      const found = calls[name] ?? db[name]
      return typeof found === 'function' ? (found as () => unknown).bind(db) : found
    },
  })
}

const job = (n: number, fields: AnyDocument = {}) => ({
  _id: `job-${String(n).padStart(3, '0')}`,
  state: 'please-run',
  n,
  ...fields,
})

describe('a worker', () => {
  it('does what is stored and what comes, in their order, and merges what an action returns', async () => {
    const db = open()
    await db.bulk([job(1), job(2), { ...job(3), state: 'draft' }])
    const seen: AnyDocument[] = []
    const jobs = worker(db, {
      run: doc => {
        seen.push(doc)
        return { square: (doc.n as number) ** 2 }
      },
    })
    await jobs.idle()
    await db.put(job(4))
    await jobs.idle()
    expect(seen.map(doc => doc.n)).toEqual([1, 2, 4])
    expect(seen[0]).toEqual({ _id: 'job-001', n: 1, state: 'running' })
    const { rows } = await db.query('state', { key: 'ran-ok' })
    expect(rows.map(({ doc }) => [doc.n, doc.square])).toEqual([
      [1, 1],
      [2, 4],
      [4, 16],
    ])
    expect(jobs.stats).toEqual({ running: 0, waiting: 0, done: 3, failed: 0, retried: 0, lost: 0 })
    await jobs.stop()
    await db.put(job(5))
    await quiet()
    expect((await db.get('job-005')).state).toBe('please-run')
  })

  it('takes another field and other states', async () => {
    const db = open()
    await db.put({ _id: 'a', step: 0 })
    await db.put({ _id: 'b', step: 1 })
    const jobs = start(db, {
      from: { field: 'step', value: 0 },
      ...{ running: 'working', done: 'ready', claimField: 'who' },
      run: () => undefined,
    })
    await jobs.idle()
    expect((await db.get('a')).step).toBe('ready')
    expect((await db.get('a')).who).toMatchObject({ turn: 1, attempt: 1, failures: 0 })
    expect((await db.get('b')).step).toBe(1)
  })

  it('takes what a function selects, leaves the state alone, and never takes its own result again', async () => {
    const db = open()
    await db.put({ _id: 'a', photo: 'x' })
    await db.put({ _id: 'b', photo: 'y', thumb: 'y' })
    await db.put({ _id: 'c', photo: 'broken' })
    const runs: string[] = []
    const options = {
      select: (doc: AnyDocument) => doc.photo !== undefined && doc.thumb === undefined,
      retries: 0,
      run: ({ _id, photo }: AnyDocument) => {
        runs.push(_id)
        if (photo === 'broken') throw new Error('no picture')
        return { thumb: `small ${photo}` }
      },
    }
    const first = start(db, options)
    await first.idle()
    await first.stop()
    expect(await db.get('a')).toMatchObject({ photo: 'x', thumb: 'small x' })
    expect((await db.get('a')).state).toBeUndefined()
    expect((await db.get('c')).error).toBe('no picture')
    const second = start(db, options)
    await second.idle()
    expect(runs).toEqual(['a', 'c'])
    await db.update('c', doc => ({ ...doc, photo: 'mended' }))
    await second.idle()
    expect(runs).toEqual(['a', 'c', 'c'])
    expect(await db.get('c')).toMatchObject({ thumb: 'small mended' })
    expect((await db.get('c')).error).toBeUndefined()
  })

  it('gives an action the attachments of its job, and adds those that it returns', async () => {
    const db = open()
    const photo = new File(['a big picture'], 'photo.png', { type: 'image/png' })
    await db.put({ ...job(1), _files: { photo } })
    const before = (await db.get('job-001'))._files?.photo
    const jobs = start(db, {
      retries: 0,
      run: async ({ _files }) => ({ _files: { thumb: (await _files?.photo?.file())?.slice(0, 5) } }),
    })
    await jobs.idle()
    const { state, _files } = await db.get('job-001')
    expect(state).toBe('ran-ok')
    expect(await (await _files?.thumb?.file())?.text()).toBe('a big')
    expect(_files?.photo).toMatchObject({ cid: before?.cid, pack: before?.pack })
  })

  it('runs as many jobs at once as it is told to', async () => {
    const db = open()
    await db.bulk(Array.from({ length: 7 }, (_, n) => job(n)))
    let atOnce = 0
    let most = 0
    const jobs = start(db, {
      concurrency: 3,
      run: async () => {
        most = Math.max(most, ++atOnce)
        await quiet(5)
        atOnce -= 1
      },
    })
    await jobs.idle()
    expect(most).toBe(3)
    expect(await db.count('state', { key: 'ran-ok' })).toBe(7)
  })

  it('of several in one storage only one has a job', async () => {
    const storage = createMemorySpace()
    const dbs = [1, 2, 3].map(seed => open(storage, seed))
    await dbs[0]?.bulk(Array.from({ length: 20 }, (_, n) => job(n)))
    const runs: number[] = []
    const all = dbs.map(db => start(db, { concurrency: 2, run: doc => void runs.push(doc.n as number) }))
    await Promise.all(all.map(each => each.idle()))
    expect(runs.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(await dbs[0]?.count('state', { key: 'ran-ok' })).toBe(20)
  })

  it('gives a job that is asked for anew another key', async () => {
    const db = open()
    const keys: string[] = []
    const jobs = start(db, { run: (_, { idempotencyKey }) => void keys.push(idempotencyKey) })
    await db.bulk([job(1), job(2)])
    await jobs.idle()
    await db.update('job-001', doc => ({ ...doc, state: 'please-run' }))
    await jobs.idle()
    expect(new Set(keys).size).toBe(3)
  })

  it.each([
    {},
    { run: 'x' },
    { run: () => undefined, from: '', done: 1 },
    { run: () => undefined, from: 'a', done: 'a' },
    { run: () => undefined, from: 'a', select: () => true },
    { run: () => undefined, from: { field: 'a.b', value: 1 } },
    { run: () => undefined, lease: 0 },
    { run: () => undefined, concurrency: 0 },
    { run: () => undefined, attachment: {} },
    { run: () => undefined, signal: {} },
    { run: () => undefined, leese: 1 },
  ])('refuses wrong options: %j', options => {
    expect(() => worker(open(), options as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })
})

describe('a failed attempt', () => {
  it('is repeated after a while, and says at last why it failed', async () => {
    const db = open()
    await db.put(job(1))
    const time = new ManualTime()
    const told: JobContext[] = []
    const jobs = start(
      db,
      {
        retries: 2,
        run: (_, context) => {
          told.push(context)
          throw new Error(`failed ${told.length}`)
        },
      },
      time,
    )
    await until(() => told.length === 1 && time.isWaitingFor(1000))
    await time.pass(999)
    expect(told).toHaveLength(1)
    await time.pass(1)
    await until(() => told.length === 2 && time.isWaitingFor(2000))
    await time.pass(2000)
    await until(() => told.length === 3)
    expect(told.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(new Set(told.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    await jobs.idle()
    expect(await db.get('job-001')).toMatchObject({ state: 'failed', error: 'failed 3', n: 1 })
    expect(jobs.stats).toMatchObject({ failed: 1, done: 0, retried: 2 })
  })

  it('leaves its place to other jobs while it waits', async () => {
    const db = open()
    await db.bulk([job(1), job(2)])
    const time = new ManualTime()
    const runs: number[] = []
    const jobs = start(
      db,
      {
        backoff: () => 100_000,
        lease: 1_000_000,
        run: doc => {
          runs.push(doc.n as number)
          if (runs.length === 1) throw new Error('once')
        },
      },
      time,
    )
    await until(() => runs.length === 2 && time.isWaitingFor(100_000))
    expect(runs).toEqual([1, 2])
    await time.pass(100_000)
    await jobs.idle()
    expect(runs).toEqual([1, 2, 1])
    expect(await db.get('job-001')).toMatchObject({ state: 'ran-ok' })
    expect((await db.get('job-001')).error).toBeUndefined()
  })

  it('is not repeated where the job was taken away while it waited for a place', async () => {
    const db = open()
    await db.bulk([job(1), job(2)])
    const time = new ManualTime()
    const runs: number[] = []
    const end = new Deferred()
    const jobs = start(
      db,
      {
        backoff: () => 100,
        lease: 10_000,
        run: doc => {
          runs.push(doc.n as number)
          if (doc.n === 1) throw new Error('once')
          return end.promise
        },
      },
      time,
    )
    await until(() => runs.length === 2 && time.isWaitingFor(100))
    await time.pass(100)
    await until(async () => (await db.get('job-001')).jobClaim.failures === 1)
    await db.update('job-001', doc => ({ ...doc, state: 'cancelled' }))
    await time.pass(5000)
    end.resolve()
    await jobs.idle()
    expect(runs).toEqual([1, 2])
    expect(jobs.stats).toMatchObject({ done: 1, lost: 1 })
  })

  it('is also one whose result cannot be stored', async () => {
    const db = open()
    await db.put(job(1))
    const jobs = start(db, { retries: 0, run: () => ({ result: Number.NaN }) })
    await jobs.idle()
    expect(await db.get('job-001')).toMatchObject({ state: 'failed', error: expect.stringContaining('NaN') })
  })
})

describe('a lease', () => {
  it('lets others take over from a worker that died, with the same key and a greater fence', async () => {
    const storage = createMemorySpace()
    const [one, two] = [open(storage, 1), open(storage, 2)]
    await one.put(job(1))
    // Its time stands still, so it renews nothing.
    const told: JobContext[] = []
    const dead = new Deferred<{ by: string }>()
    const first = start(one, {
      lease: 1000,
      run: (_, context) => {
        told.push(context)
        return dead.promise
      },
    })
    await until(() => told.length === 1)
    const time = new ManualTime()
    const second = start(
      two,
      {
        lease: 1000,
        run: (_, context) => {
          told.push(context)
          return { by: 'second' }
        },
      },
      time,
    )
    await second.idle()
    await time.pass(999)
    expect(told).toHaveLength(1)
    await time.pass(1)
    await second.idle()
    expect(await one.get('job-001')).toMatchObject({ state: 'ran-ok', by: 'second' })
    expect(told[1]?.idempotencyKey).toBe(told[0]?.idempotencyKey)
    expect(told[1]?.fence).toBeGreaterThan(told[0]?.fence as number)
    expect(told[1]?.attempt).toBe(2)
    dead.resolve({ by: 'first' })
    await first.idle()
    expect(first.stats).toMatchObject({ done: 0, lost: 1 })
    expect(await one.get('job-001')).toMatchObject({ by: 'second' })
  })

  it('is renewed while a job runs, so nobody takes it', async () => {
    const storage = createMemorySpace()
    const [one, two] = [open(storage, 1), open(storage, 2)]
    await one.put(job(1))
    const time = new ManualTime()
    const long = new Deferred<{ by: string }>()
    const first = start(one, { lease: 1000, run: () => long.promise }, time)
    await until(() => first.stats.running === 1 && time.isWaitingFor(500))
    const second = start(two, { lease: 1000, run: () => ({ by: 'second' }) }, time)
    await second.idle()
    for (let turn = 2; turn < 7; turn++) {
      await time.pass(500)
      await until(async () => (await two.get('job-001')).jobClaim.turn === turn && time.isWaitingFor(500))
    }
    expect(second.stats).toMatchObject({ done: 0, running: 0 })
    long.resolve({ by: 'first' })
    await first.idle()
    expect(await one.get('job-001')).toMatchObject({ state: 'ran-ok', by: 'first' })
  })

  it('of a job that was taken away aborts the action', async () => {
    const db = open()
    await db.put(job(1))
    const time = new ManualTime()
    let signal: AbortSignal | undefined
    const end = new Deferred()
    const jobs = start(
      db,
      {
        lease: 1000,
        run: (_, context) => {
          signal = context.signal
          return end.promise
        },
      },
      time,
    )
    await until(() => signal !== undefined && time.isWaitingFor(500))
    await db.update('job-001', doc => ({ ...doc, state: 'cancelled' }))
    expect(signal?.aborted).toBe(false)
    await time.pass(500)
    await until(() => signal?.aborted)
    expect(signal?.reason).toMatchObject({ code: 'STALE' })
    end.resolve()
    await jobs.idle()
    expect(await db.get('job-001')).toMatchObject({ state: 'cancelled' })
    expect(jobs.stats).toMatchObject({ lost: 1, done: 0 })
  })
})

describe('a job that others write into while it runs', () => {
  async function edited(edit: (db: Database<AnyDocument>) => Promise<unknown>) {
    const db = open()
    await db.put(job(1, { title: 'old' }))
    const end = new Deferred<AnyDocument>()
    let isBegun = false
    const jobs = start(db, {
      run: () => {
        isBegun = true
        return end.promise
      },
    })
    await until(() => isBegun)
    await edit(db)
    end.resolve({ result: 1, title: 'by the action' })
    await jobs.idle()
    return { db, jobs }
  }

  it('keeps what they wrote', async () => {
    const { db } = await edited(db => db.update('job-001', doc => ({ ...doc, note: 'mine' })))
    expect(await db.get('job-001')).toMatchObject({
      ...{ state: 'ran-ok', result: 1, note: 'mine', title: 'by the action' },
    })
    expect(await db.conflicts().toArray()).toEqual([])
  })

  it('is in conflict where both wrote the same field, and does not run again', async () => {
    const { db, jobs } = await edited(db => db.update('job-001', doc => ({ ...doc, title: 'mine' })))
    const [conflict, ...others] = await db.conflicts().toArray()
    expect(others).toEqual([])
    expect(conflict?.versions.map(({ doc }) => [doc.state, doc.title]).sort()).toEqual([
      ['ran-ok', 'by the action'],
      ['running', 'mine'],
    ])
    expect(jobs.stats).toMatchObject({ done: 1 })
  })

  it('stays deleted where they deleted it', async () => {
    const { db, jobs } = await edited(db => db.del('job-001'))
    expect(await db.find('job-001')).toBeUndefined()
    expect(jobs.stats).toMatchObject({ done: 0, lost: 1 })
  })
})

describe('a worker whose database fails for a while', () => {
  it('looks again for what waits', async () => {
    const db = open()
    await db.put(job(1))
    const time = new ManualTime()
    const errors: string[] = []
    let failures = 2
    const failing = replacing(db, {
      conflicts: () => {
        if (failures-- > 0) throw new FirekeepError('STORAGE_FAILED', 'not now')
        return db.conflicts()
      },
    })
    const jobs = start(failing, { run: () => undefined, onError: ({ code }) => errors.push(code) }, time)
    await until(() => time.isWaitingFor(500))
    expect(errors).toEqual(['STORAGE_FAILED'])
    await time.pass(500)
    await time.pass(1000)
    await until(() => jobs.stats.done === 1)
    expect(errors).toHaveLength(2)
    expect(time.waiting).toBe(0)
  })

  it('goes on where whoever is told of it throws', async () => {
    const db = open()
    await db.put(job(1))
    const time = new ManualTime()
    const uncaught = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    let failures = 1
    const failing = replacing(db, {
      resolve: async (...call: Parameters<typeof db.resolve>) => {
        if (failures-- > 0) throw new FirekeepError('STORAGE_FAILED', 'not now')
        return db.resolve(...call)
      },
    })
    const onError = () => {
      throw new Error('a mistake of the caller')
    }
    const jobs = start(failing, { run: () => undefined, onError }, time)
    await until(() => time.isWaitingFor(1000))
    expect([jobs.stats.running, uncaught.mock.calls.length]).toEqual([0, 1])
    uncaught.mockRestore()
    await time.pass(1000)
    await jobs.idle()
    expect(await db.get('job-001')).toMatchObject({ state: 'ran-ok' })
  })
})

describe('stopping a worker', () => {
  it('ends those who wait for it, and leaves nothing behind, also while it looks for jobs', async () => {
    const db = open()
    await db.bulk([job(1), { ...job(2), state: 'running' }])
    const time = new ManualTime()
    const pages = new Deferred()
    let looks = 0
    const slow = replacing(db, {
      query: async (field: string, options: object) => {
        looks += 1
        await pages.promise
        return db.query(field, options)
      },
    })
    const jobs = start(slow, { run: () => undefined }, time)
    const idle = jobs.idle()
    await until(() => looks === 2)
    await jobs.stop()
    pages.resolve()
    await idle
    await quiet()
    expect([time.waiting, jobs.stats.waiting]).toEqual([0, 0])
    expect(await db.get('job-001')).toMatchObject({ state: 'please-run' })
  })

  it('waits for what runs, and begins nothing else', async () => {
    const db = open()
    await db.bulk([job(1), job(2)])
    const end = new Deferred<{ ok: boolean }>()
    const jobs = start(db, { run: () => end.promise })
    await until(async () => (await db.get('job-001')).state === 'running')
    const stopped = jobs.stop()
    end.resolve({ ok: true })
    await stopped
    await jobs.idle()
    expect(await db.get('job-001')).toMatchObject({ state: 'ran-ok', ok: true })
    expect(await db.get('job-002')).toMatchObject({ state: 'please-run' })
  })

  it('by its signal aborts what runs and gives it back, with the same key', async () => {
    const db = open()
    await db.put(job(1))
    const abort = new AbortController()
    const keys: string[] = []
    const jobs = start(db, {
      signal: abort.signal,
      run: (_, { signal, idempotencyKey }) => {
        keys.push(idempotencyKey)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    })
    await until(() => keys.length === 1)
    abort.abort()
    await jobs.stop()
    expect(await db.get('job-001')).toMatchObject({ state: 'please-run' })
    const next = start(db, { run: (_, { idempotencyKey }) => void keys.push(idempotencyKey) })
    await next.idle()
    expect(new Set(keys).size).toBe(1)
    expect(await db.get('job-001')).toMatchObject({ state: 'ran-ok' })
  })

  it('gives back at once what waits to be repeated', async () => {
    const db = open()
    await db.put(job(1))
    const time = new ManualTime()
    const jobs = start(
      db,
      {
        run: () => {
          throw new Error('no')
        },
      },
      time,
    )
    await until(() => time.isWaitingFor(1000))
    await jobs.stop()
    expect(await db.get('job-001')).toMatchObject({ state: 'please-run', jobClaim: { failures: 0 } })
    expect(time.waiting).toBe(0)
  })

  it('happens by itself when the database is closed', async () => {
    const db = open()
    await db.put(job(1))
    const end = new Deferred()
    let isBegun = false
    const jobs = start(db, {
      run: () => {
        isBegun = true
        return end.promise
      },
    })
    await until(() => isBegun)
    await db.close()
    end.resolve()
    await jobs.stop()
    expect(jobs.stats).toMatchObject({ running: 0, done: 0 })
  })
})
