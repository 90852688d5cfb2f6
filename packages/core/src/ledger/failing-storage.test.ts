import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { type BatchCall, HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openReplica } from '../testing/fixtures/open-replica.js'

/** `both`: the first attempt takes effect, those after it do not even begin. */
type When = 'before' | 'after' | 'both'

/** Attempts of one write, before it is given up. */
const ATTEMPTS = 4

/** A space whose next batches fail: before or after they took effect. Notes what every attempt was to write. */
class FailingSpace {
  readonly memory: StorageSpace
  readonly space: StorageSpace
  readonly attempts: BatchCall[] = []
  #left = 0
  #when: When = 'before'
  #code: 'STORAGE_FAILED' | 'QUOTA_EXCEEDED' = 'STORAGE_FAILED'

  constructor() {
    this.memory = createMemorySpace()
    this.space = new HookedSpace(this.memory, 'failing', call => this.#batch(call))
  }

  fail(times: number, when: When = 'before', code: 'STORAGE_FAILED' | 'QUOTA_EXCEEDED' = 'STORAGE_FAILED') {
    this.#left = times
    this.#when = when
    this.#code = code
    this.attempts.length = 0
  }

  async #batch(call: BatchCall): Promise<void> {
    this.attempts.push(call)
    if (this.#left === 0) return call.write()
    this.#left -= 1
    const isFirst = this.attempts.length === 1
    if (this.#when === 'after' || (this.#when === 'both' && isFirst)) await call.write()
    throw new FirekeepError(this.#code, 'on purpose')
  }
}

async function openFailing() {
  const failing = new FailingSpace()
  const db = openReplica({ space: failing.space })
  await db.put({ _id: 'x', n: 0 })
  return { failing, db, fresh: () => openReplica({ space: failing.memory, seed: 99 }) }
}

const whens = ['before', 'after', 'both'] as const
const onceToOften = whens.flatMap(when =>
  Array.from({ length: ATTEMPTS - 1 }, (_, i) => [i + 1, when] as const),
)

describe('scenario 13: a write whose outcome is unknown', () => {
  it.each(onceToOften)(
    'failing %i times %s it happened is retried with the same bytes: one commit',
    async (times, when) => {
      const { failing, db, fresh } = await openFailing()
      failing.fail(times, when)
      await Promise.all([db.put({ _id: 'x', n: 1 }), db.put({ _id: 'y', n: 1 })])
      expect(failing.attempts.length).toBe(times + 1)
      expect(new Set(failing.attempts.map(({ puts }) => JSON.stringify(puts))).size).toBe(1)
      await db.close()
      const again = fresh()
      expect((await again.allDocs()).docs).toEqual([
        { _id: 'x', n: 1 },
        { _id: 'y', n: 1 },
      ])
      expect((await again.changes()).rows.length).toBe(3)
      await again.close()
    },
  )

  it.each(whens)(
    'given up %s it happened is settled before the next write, in the order issued',
    async when => {
      const { failing, db, fresh } = await openFailing()
      failing.fail(ATTEMPTS, when)
      await expect(db.put({ _id: 'x', n: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
      const lost = failing.attempts[0]?.puts
      await Promise.all([db.put({ _id: 'x', n: 2 }), db.put({ _id: 'y', n: 2 })])
      expect(failing.attempts.at(ATTEMPTS)?.puts).toEqual(lost)
      expect(failing.attempts.length).toBe(ATTEMPTS + 2)
      for (const reader of [db, fresh()]) {
        expect((await reader.changes()).docs).toEqual([
          { _id: 'x', n: 0 },
          { _id: 'x', n: 1 },
          { _id: 'x', n: 2 },
          { _id: 'y', n: 2 },
        ])
        expect(await reader.conflicts().toArray()).toEqual([])
        await reader.close()
      }
    },
  )

  it.each(whens)(
    'given up %s it happened fails the calls that waited with it, and those stay in order',
    async when => {
      const { failing, db } = await openFailing()
      failing.fail(2 * ATTEMPTS, when)
      const first = db.put({ _id: 'x', n: 1 })
      const second = Promise.resolve().then(() => db.put({ _id: 'x', n: 2 }))
      const third = db.put({ _id: 'y', n: 1 })
      for (const outcome of await Promise.allSettled([first, second, third])) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_FAILED' } })
      }
      await db.put({ _id: 'x', n: 3 })
      expect(await db.get('x')).toEqual({ _id: 'x', n: 3 })
      expect(await db.get('y')).toEqual({ _id: 'y', n: 1 })
      expect(await db.conflicts().toArray()).toEqual([])
      await db.close()
    },
  )

  it.each(whens)('given up %s it happened gets a last attempt when the database is closed', async when => {
    const { failing, db, fresh } = await openFailing()
    failing.fail(ATTEMPTS, when)
    await expect(db.put({ _id: 'x', n: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await db.close()
    const again = fresh()
    expect(await again.get('x')).toEqual({ _id: 'x', n: 1 })
    await again.close()
  })

  it.each([
    [1, 'before'],
    [1, 'after'],
    [ATTEMPTS - 1, 'after'],
  ] as const)('of an update, failing %i times %s it happened, counts once', async (times, when) => {
    const { failing, db, fresh } = await openFailing()
    failing.fail(times, when)
    await db.update('x', doc => ({ n: doc?.n + 1 }))
    await db.close()
    const again = fresh()
    expect(await again.get('x')).toEqual({ _id: 'x', n: 1 })
    expect((await again.changes()).rows.length).toBe(2)
    await again.close()
  })

  it.each(['before', 'both'] as const)(
    'of an update given up %s it happened never overwrites what another tab wrote since',
    async when => {
      const { failing, db, fresh } = await openFailing()
      failing.fail(ATTEMPTS, when)
      await expect(db.update('x', doc => ({ n: doc?.n + 1 }))).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
      })
      const other = fresh()
      await other.update('x', doc => ({ n: doc?.n + 10 }))
      await db.update('x', doc => ({ n: doc?.n + 100 }))
      // Its caller was told that it failed: it is whole or absent, and no other increment is lost with it.
      expect(await db.get('x')).toEqual({ _id: 'x', n: when === 'both' ? 111 : 110 })
      expect(await db.conflicts().toArray()).toEqual([])
      await Promise.all([db.close(), other.close()])
    },
  )
})

describe('a write that is refused', () => {
  it('for lack of room is not retried, and nothing of it comes back', async () => {
    const { failing, db, fresh } = await openFailing()
    failing.fail(1, 'before', 'QUOTA_EXCEEDED')
    await expect(db.put({ _id: 'x', n: 1 })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    expect(failing.attempts.length).toBe(1)
    expect(await db.get('x')).toEqual({ _id: 'x', n: 0 })
    await db.put({ _id: 'x', n: 2 })
    await db.close()
    const again = fresh()
    expect((await again.changes()).docs).toEqual([
      { _id: 'x', n: 0 },
      { _id: 'x', n: 2 },
    ])
    expect(await again.conflicts().toArray()).toEqual([])
    await again.close()
  })

  it('for lack of room takes no deletion with it that was issued after it', async () => {
    const { failing, db } = await openFailing()
    failing.fail(1, 'before', 'QUOTA_EXCEEDED')
    const put = db.put({ _id: 'x', n: 1 })
    const del = Promise.resolve().then(() => db.del('x'))
    const [refused, deleted] = await Promise.allSettled([put, del])
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'QUOTA_EXCEEDED' } })
    expect(deleted.status).toBe('fulfilled')
    expect(await db.has('x')).toBe(false)
    await db.close()
  })

  it('for lack of room after an unknown outcome is given up, so that deleting works', async () => {
    const { failing, db } = await openFailing()
    failing.fail(ATTEMPTS)
    await expect(db.put({ _id: 'x', n: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    failing.fail(1, 'before', 'QUOTA_EXCEEDED')
    await db.del('x')
    expect(await db.has('x')).toBe(false)
    expect(failing.attempts.length).toBe(2)
    await db.close()
  })

  it('scenario 15: for lack of room leaves reading and deleting possible, and room again lets writing go on', async () => {
    const space = createMemorySpace({ quota: 60_000, reserve: 20_000 })
    const db = openReplica({ space })
    const written: string[] = []
    const fill = async () => {
      for (let i = 0; ; i++)
        written.push((await db.put({ _id: `${i}`, bytes: crypto.getRandomValues(new Uint8Array(5000)) })).id)
    }
    await expect(fill()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    expect((await db.allDocs()).docs.map(doc => doc._id)).toEqual([...written].sort())
    for (const id of written) await db.del(id)
    expect((await db.allDocs()).docs).toEqual([])
    await db.close()
  })
})
