import type { Database } from '@firekeep/core'
import { expect, it } from 'vitest'
import { LinkPool, OPENING } from './link-pool.js'

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

function poolOfLinks() {
  const time = new ManualSchedule()
  const opened: string[] = []
  const closed: string[] = []
  const destroyed = new Set<Database>()
  const fails = new Set<string>()
  const open = async (link: string) => {
    opened.push(link)
    if (fails.has(link)) throw new Error(`${link} is damaged`)
    return { name: link, close: async () => void closed.push(link) } as unknown as Database
  }
  const isClosed = (database: Database) => destroyed.has(database)
  const pool = new LinkPool<{ name?: string }>({ open, isClosed, schedule: time.schedule })
  return { pool, time, opened, closed, destroyed, fails }
}

const nothing = () => undefined
const turn = () => new Promise<void>(resolve => setTimeout(resolve, 0))

it('nothing is opened before somebody listens', async () => {
  const { pool, opened } = poolOfLinks()
  const source = pool.sourceOf('a', undefined)
  await turn()
  expect(source.getSnapshot()).toBe(OPENING)
  expect(opened).toEqual([])
})

it('all who listen to one link and equal options share what was opened once', async () => {
  const { pool, opened } = poolOfLinks()
  const sources = [pool.sourceOf('a', { name: 'n' }), pool.sourceOf('a', { name: 'n' })]
  for (const source of sources) source.subscribe(nothing)
  await turn()
  expect(opened).toEqual(['a'])
  expect(sources[0]?.getSnapshot().database?.name).toBe('a')
  expect(sources[0]?.getSnapshot()).toBe(sources[1]?.getSnapshot())
  const late = pool.sourceOf('a', { name: 'n' })
  expect(late.getSnapshot()).toBe(sources[0]?.getSnapshot())
  expect(late.getServerSnapshot()).toBe(OPENING)
})

it('it is closed some time after its last listener, and opened anew for the next', async () => {
  const { pool, time, opened, closed } = poolOfLinks()
  const source = pool.sourceOf('a', undefined)
  const stops = [source.subscribe(nothing), pool.sourceOf('a', undefined).subscribe(nothing)]
  await turn()
  stops[0]?.()
  time.run()
  await turn()
  expect(closed).toEqual([])
  stops[1]?.()
  const before = source.getSnapshot()
  source.subscribe(nothing)()
  expect(source.getSnapshot()).toBe(before)
  time.run()
  await turn()
  expect(closed).toEqual(['a'])
  source.subscribe(nothing)
  await turn()
  expect(opened).toEqual(['a', 'a'])
  expect(source.getSnapshot().database).not.toBe(before.database)
})

it('one that is given up while it opens is closed when it is open', async () => {
  const { pool, time, closed } = poolOfLinks()
  pool.sourceOf('a', undefined).subscribe(nothing)()
  time.run()
  await turn()
  expect(closed).toEqual(['a'])
})

it('a failure is shown to all who listen, and tried again by who comes after them', async () => {
  const { pool, opened, fails } = poolOfLinks()
  fails.add('a')
  const source = pool.sourceOf('a', undefined)
  const stop = source.subscribe(nothing)
  await turn()
  expect(source.getSnapshot()).toMatchObject({ database: undefined, error: { code: 'INTERNAL' } })
  const stopSecond = pool.sourceOf('a', undefined).subscribe(nothing)
  await turn()
  expect(opened).toEqual(['a'])
  stop()
  stopSecond()
  fails.clear()
  const again = pool.sourceOf('a', undefined)
  expect(again.getSnapshot()).toBe(OPENING)
  again.subscribe(nothing)
  await turn()
  expect(again.getSnapshot().database?.name).toBe('a')
})

it('who comes after it was destroyed gets a new one', async () => {
  const { pool, opened, destroyed } = poolOfLinks()
  const old = pool.sourceOf('a', undefined)
  old.subscribe(nothing)
  await turn()
  destroyed.add(old.getSnapshot().database as Database)
  const fresh = pool.sourceOf('a', undefined)
  expect(fresh.getSnapshot()).toBe(OPENING)
  fresh.subscribe(nothing)
  await turn()
  expect(opened).toEqual(['a', 'a'])
  expect(fresh.getSnapshot().database).not.toBe(old.getSnapshot().database)
})
