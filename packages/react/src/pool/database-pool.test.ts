import type { Database } from '@firekeep/core'
import { expect, it } from 'vitest'
import { DatabasePool } from './database-pool.js'

/** Runs what is due only when told to. */
class ManualSchedule {
  readonly #tasks = new Set<() => void>()

  readonly schedule = (task: () => void): (() => void) => {
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  run(): void {
    const tasks = [...this.#tasks]
    this.#tasks.clear()
    for (const task of tasks) task()
  }
}

function poolOfNames() {
  const time = new ManualSchedule()
  const closed: string[] = []
  const destroyed = new Set<Database>()
  const isClosed = (database: Database) => destroyed.has(database)
  const open = (name: string) => ({ name, close: async () => void closed.push(name) }) as unknown as Database
  return {
    pool: new DatabasePool<{ key?: string }>({ open, isClosed, schedule: time.schedule }),
    time,
    closed,
    destroyed,
  }
}

const nothing = () => undefined

it('one name and equal options share a database, from the first render on', () => {
  const { pool } = poolOfNames()
  const source = pool.sourceOf('a', { key: 'k' })
  expect(pool.sourceOf('a', { key: 'k' }).getSnapshot()).toBe(source.getSnapshot())
  expect(pool.sourceOf('b', { key: 'k' }).getSnapshot()).not.toBe(source.getSnapshot())
  expect(pool.sourceOf('a', undefined).getSnapshot()).not.toBe(source.getSnapshot())
})

it('it is closed some time after its last user', () => {
  const { pool, time, closed } = poolOfNames()
  const source = pool.sourceOf('a', undefined)
  const [first, second] = [source.subscribe(nothing), pool.sourceOf('a', undefined).subscribe(nothing)]
  first()
  time.run()
  expect(closed).toEqual([])
  second()
  expect(closed).toEqual([])
  time.run()
  expect(closed).toEqual(['a'])
})

it('somebody who comes in time keeps it open', () => {
  const { pool, time, closed } = poolOfNames()
  const source = pool.sourceOf('a', undefined)
  const before = source.getSnapshot()
  source.subscribe(nothing)()
  source.subscribe(nothing)
  time.run()
  expect(closed).toEqual([])
  expect(source.getSnapshot()).toBe(before)
})

it('somebody who comes back too late gets a new one', () => {
  const { pool, time } = poolOfNames()
  const source = pool.sourceOf('a', undefined)
  const before = source.getSnapshot()
  source.subscribe(nothing)()
  time.run()
  source.subscribe(nothing)
  expect(source.getSnapshot()).not.toBe(before)
  expect(pool.sourceOf('a', undefined).getSnapshot()).toBe(source.getSnapshot())
})

it('a database that is only rendered with is never closed, as nothing was opened', () => {
  const { pool, time, closed } = poolOfNames()
  pool.sourceOf('a', undefined)
  time.run()
  expect(closed).toEqual([])
})

it('somebody who comes after it was destroyed gets a new one, whoever still holds the old one', () => {
  const { pool, time, closed, destroyed } = poolOfNames()
  const old = pool.sourceOf('a', undefined)
  const leaveOld = old.subscribe(nothing)
  destroyed.add(old.getSnapshot())
  const fresh = pool.sourceOf('a', undefined)
  expect(fresh.getSnapshot()).not.toBe(old.getSnapshot())
  const leaveFresh = fresh.subscribe(nothing)
  leaveOld()
  time.run()
  expect(closed).toEqual(['a'])
  expect(pool.sourceOf('a', undefined).getSnapshot()).toBe(fresh.getSnapshot())
  leaveFresh()
  time.run()
  expect(closed).toEqual(['a', 'a'])
})
