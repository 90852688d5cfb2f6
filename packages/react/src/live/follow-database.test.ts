import { createTestDatabase } from '@firekeep/core/testing'
import { expect, it } from 'vitest'
import { followDatabase } from './follow-database.js'

/** Reads that end when the test says so. */
class ManualReads {
  readonly #ends: { resolve: () => void; reject: (error: unknown) => void }[] = []
  readonly failures: unknown[] = []
  readonly read = () => new Promise<void>((resolve, reject) => this.#ends.push({ resolve, reject }))
  readonly failed = (error: unknown) => void this.failures.push(error)

  get begun(): number {
    return this.#ends.length
  }

  async end(read: number, error?: Error): Promise<void> {
    if (error === undefined) this.#ends[read]?.resolve()
    else this.#ends[read]?.reject(error)
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  }
}

it('reads at once and after a change, never twice at a time', async () => {
  const db = createTestDatabase()
  const reads = new ManualReads()
  followDatabase(db, reads)
  await db.put({ _id: 'a' })
  await db.put({ _id: 'b' })
  expect(reads.begun).toBe(1)
  await reads.end(0)
  expect(reads.begun).toBe(2)
  await reads.end(1)
  expect(reads.begun).toBe(2)
  await db.put({ _id: 'c' })
  expect(reads.begun).toBe(3)
})

it('goes on after a read that failed', async () => {
  const db = createTestDatabase()
  const reads = new ManualReads()
  followDatabase(db, reads)
  const error = new Error('no')
  await reads.end(0, error)
  expect(reads.failures).toEqual([error])
  await db.put({ _id: 'a' })
  expect(reads.begun).toBe(2)
})

it('after the stop nothing is read or reported', async () => {
  const db = createTestDatabase()
  const reads = new ManualReads()
  const stop = followDatabase(db, reads)
  await db.put({ _id: 'a' })
  stop()
  await reads.end(0, new Error('late'))
  await db.put({ _id: 'b' })
  expect(reads.begun).toBe(1)
  expect(reads.failures).toEqual([])
})

it('a database that is closed is reported at once', async () => {
  const db = createTestDatabase()
  await db.close()
  const reads = new ManualReads()
  followDatabase(db, reads)()
  expect(reads.failures).toMatchObject([{ code: 'CLOSED' }])
})
