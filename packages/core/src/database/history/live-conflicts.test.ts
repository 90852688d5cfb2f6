import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { BreakableSpace } from '../../testing/fixtures/breakable-space.js'
import { HookedSpace } from '../../testing/fixtures/hooked-space.js'
import { openReplica } from '../../testing/fixtures/open-replica.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import type { LiveConflicts } from './conflict-types.js'

type Db = Database<AnyDocument>
type Live = LiveConflicts<AnyDocument>

let db: Db

beforeEach(() => {
  db = openReplica({ space: createMemorySpace() })
})

afterEach(() => db.close())

/** Writes so many versions that do not know of each other. */
async function conflict(id: string, count = 2): Promise<void> {
  for (let n = 0; n < count; n++) await db.put({ _id: id, n }, { basedOn: [] })
}

/** Resolves when the listing shows these documents, with so many versions each. */
function shows(live: Live, expected: Readonly<Record<string, number>>): Promise<void> {
  const isShown = () => {
    const found = live.getSnapshot()?.map(({ id, versions }) => [id, versions.length])
    return JSON.stringify(found) === JSON.stringify(Object.entries(expected))
  }
  return new Promise(resolve => {
    if (isShown()) return resolve()
    const stop = live.subscribe(() => {
      if (!isShown()) return
      stop()
      resolve()
    })
  })
}

describe('live conflicts', () => {
  it('are unknown until they were read, and then follow what comes and goes', async () => {
    await conflict('b')
    const live = db.conflicts().live()
    expect(live.getSnapshot()).toBeUndefined()
    const stop = live.subscribe(() => undefined)
    await shows(live, { b: 2 })
    await conflict('a')
    await shows(live, { a: 2, b: 2 })
    await db.resolve('b', { n: 'both' })
    await shows(live, { a: 2 })
    expect(live.getSnapshot()).toEqual(await db.conflicts().toArray())
    await db.del('a')
    await shows(live, {})
    stop()
  })

  it('follow a version that loses, of which no subscriber hears', async () => {
    const { clock } = await db.put({ _id: 'x', n: 1 })
    await db.put({ _id: 'x', n: 2 })
    const live = db.conflicts().live()
    const stop = live.subscribe(() => undefined)
    await shows(live, {})
    const heard: unknown[] = []
    db.subscribe(changes => heard.push(...changes))
    // Any document beats a deletion.
    await db.del('x', { basedOn: clock })
    await shows(live, { x: 2 })
    expect(heard).toEqual([])
    expect(live.getSnapshot()?.[0]?.fields).toEqual(['_deleted'])
    stop()
  })

  it('keep the array while nothing changes, and the conflicts that did not change', async () => {
    await conflict('a')
    await conflict('b')
    const live = db.conflicts().live()
    let calls = 0
    const stop = live.subscribe(() => {
      calls += 1
    })
    await shows(live, { a: 2, b: 2 })
    const [first, [a, b]] = [live.getSnapshot(), live.getSnapshot() ?? []]
    await db.put({ _id: 'c', n: 1 })
    await db.compact()
    await db.put({ _id: 'c', n: 2 })
    await db.resolve('c', { n: 3 })
    await db.conflicts().toArray()
    expect(live.getSnapshot()).toBe(first)
    expect(calls).toBe(1)
    await db.put({ _id: 'a', n: 'third' }, { basedOn: [] })
    await shows(live, { a: 3, b: 2 })
    expect(live.getSnapshot()?.[0]).not.toBe(a)
    expect(live.getSnapshot()?.[1]).toBe(b)
    stop()
  })

  it('are shared and frozen', async () => {
    await conflict('a')
    const live = db.conflicts().live()
    const stop = live.subscribe(() => undefined)
    await shows(live, { a: 2 })
    const [shown] = live.getSnapshot() ?? []
    for (const part of [live.getSnapshot(), shown, shown?.versions, shown?.winner, shown?.winner.doc]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    stop()
  })

  it('follow nothing without a listener, keep what they had, and catch up when there is one again', async () => {
    await conflict('a')
    const live = db.conflicts().live()
    live.subscribe(() => undefined)()
    const stop = live.subscribe(() => undefined)
    await shows(live, { a: 2 })
    const [a] = live.getSnapshot() ?? []
    stop()
    stop()
    await conflict('b')
    expect(live.getSnapshot()?.map(({ id }) => id)).toEqual(['a'])
    await shows(live, { a: 2, b: 2 })
    expect(live.getSnapshot()?.[0]).toBe(a)
  })

  it('end with close, and with the handle', async () => {
    const live = db.conflicts().live()
    live.subscribe(() => undefined)
    live.close()
    live.close()
    expect(() => live.subscribe(() => undefined)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
    const other = db.conflicts().live()
    other.subscribe(() => undefined)
    await db.close()
    expect(() => other.subscribe(() => undefined)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
    expect(() => db.conflicts()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })

  it('that could not be read at first are there once the database can be opened', async () => {
    const space = new BreakableSpace(createMemorySpace())
    const other = openReplica({ space })
    space.isBroken = true
    const live = other.conflicts().live()
    const failed = new Promise<void>(resolve => {
      live.subscribe(() => live.getError() && resolve())
    })
    await failed
    expect(live.getError()).toMatchObject({ code: 'STORAGE_FAILED' })
    space.isBroken = false
    for (const n of [1, 2]) await other.put({ _id: 'x', n }, { basedOn: [] })
    await shows(live, { x: 2 })
    expect(live.getError()).toBeUndefined()
    await other.close()
  })

  it('show what another tab resolves and folds', async () => {
    const space = createMemorySpace()
    const open = (seed: number) => openReplica({ space: new HookedSpace(space, `tab ${seed}`), seed })
    const [one, other] = [open(1), open(2)]
    for (const n of [1, 2]) await one.put({ _id: 'x', n }, { basedOn: [] })
    const live = other.conflicts().live()
    const stop = live.subscribe(() => undefined)
    await shows(live, { x: 2 })
    await one.compact()
    await one.resolve('x', { n: 3 })
    await one.compact()
    await shows(live, {})
    expect(live.getError()).toBeUndefined()
    stop()
    await Promise.all([one.close(), other.close()])
  })
})
