import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { parsePlace } from '../../src/database/options.js'
import { resolvePlace } from '../../src/database/place.js'
import { sharedEngines } from '../../src/database/registry.js'
import { deleteDatabase, type FirekeepOptions, firekeep, listDatabases } from '../../src/index.js'
import { createMemorySpace } from '../../src/storage/memory-storage.js'
import { countOpenNotes, type Note, removeDone, withNotes } from './fixtures/many-databases-example.js'
import { readExample } from './fixtures/read-example.js'

const COUNT = process.env.FIREKEEP_LONG ? 1000 : 100

type Place = Pick<FirekeepOptions, 'storage' | 'dir'>

function openEngines(name: string, place: Place) {
  return sharedEngines().find(name, resolvePlace(parsePlace(place)))
}

/** Everything that reads, of a database that nobody wrote. */
async function readEverything(name: string, place: Place): Promise<void> {
  const db = firekeep<Note>(name, place)
  const live = db.live('done', { key: false })
  const stop = [db.subscribe(() => undefined), live.subscribe(() => undefined)]
  expect(await db.find('a')).toBeUndefined()
  await expect(db.get('a')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await db.has('a')).toBe(false)
  expect((await db.allDocs()).rows).toEqual([])
  expect((await db.query('done', { key: false })).rows).toEqual([])
  expect(await db.count('done')).toBe(0)
  expect((await db.changes()).rows).toEqual([])
  expect(await db.conflicts().toArray()).toEqual([])
  expect(await db.clock()).toEqual([])
  await db.bulk([])
  await db.compact()
  await db.storageInfo()
  for (const end of stop) end()
  await db.close()
}

/** Collects garbage, also what only a finished turn lets go of. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let i = 0; i < 5; i += 1) {
    await setImmediate()
    collect()
  }
}

describe('the example in docs/many-databases.md', () => {
  it('is the code that runs here', async () => {
    const { shown, run } = await readExample('many-databases.md', 'many-databases-example.ts')
    expect(shown).toBe(run)
  })
})

describe(`${COUNT} databases in one place`, () => {
  it('are created, written, closed and read again, and closed ones leave no engine behind', async () => {
    const place = { storage: createMemorySpace() }
    const names = Array.from({ length: COUNT }, (_, i) => `notes-${String(i).padStart(4, '0')}`)
    for (const [i, name] of names.entries()) {
      await withNotes(name, place, db => db.put({ _id: 'note', text: `note ${i}`, done: i % 2 === 0 }))
      expect(openEngines(name, place)).toEqual([])
    }
    expect(await listDatabases(place)).toEqual(names)
    // The key store, and the data of each.
    expect(await place.storage.list()).toHaveLength(COUNT + 1)
    for (const i of [0, COUNT / 2, COUNT - 1]) {
      const note = await withNotes(names[i] as string, place, db => db.get('note'))
      expect(note).toEqual({ _id: 'note', text: `note ${i}`, done: i % 2 === 0 })
    }
  })
})

describe('many databases', () => {
  it('are counted and removed one after the other', async () => {
    const place = { storage: createMemorySpace() }
    for (let i = 0; i < 10; i += 1) {
      await withNotes(`notes-${i}`, place, db =>
        db.bulk([
          { text: 'a', done: true },
          { text: 'b', done: i < 7 },
        ]),
      )
    }
    expect(await countOpenNotes(place)).toBe(3)
    await removeDone(place)
    expect(await listDatabases(place)).toEqual(['notes-7', 'notes-8', 'notes-9'])
    expect(await place.storage.list()).toHaveLength(4)
  })

  it('are not created by reading, in memory', async () => {
    const place = { storage: createMemorySpace() }
    for (let i = 0; i < 50; i += 1) await readEverything(`absent-${i}`, place)
    expect(await place.storage.list()).toEqual([])
    expect(await listDatabases(place)).toEqual([])
    await deleteDatabase('absent-0', place)
    expect(await place.storage.list()).toEqual([])
  })

  it('are not created by reading, in files, also beside one that is there', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'firekeep-'))
    try {
      const place = { dir }
      await readEverything('absent', place)
      expect(await listDatabases(place)).toEqual([])
      for (const name of ['b', 'a']) await withNotes(name, place, db => db.put({ text: name, done: false }))
      await readEverything('absent', place)
      expect(await listDatabases(place)).toEqual(['a', 'b'])
      expect(await countOpenNotes(place)).toBe(2)
      expect(openEngines('a', place)).toEqual([])
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })

  it('give their memory back when they are closed, whatever was read, queried and listened to', async () => {
    const place = { storage: createMemorySpace() }
    const engines: WeakRef<object>[] = []
    for (let i = 0; i < 20; i += 1) {
      await withNotes(`notes-${i}`, place, async db => {
        db.subscribe(() => undefined)
        db.live('done', { key: false }).subscribe(() => undefined)
        await db.bulk([{ _id: 'note', text: 'a', done: false }])
        expect(await db.count('done', { key: false })).toBe(1)
        for (const engine of openEngines(`notes-${i}`, place)) engines.push(new WeakRef(engine))
      })
    }
    expect(engines).toHaveLength(20)
    await collectGarbage()
    // The last one may still be held by a frame of the turn that closed it.
    expect(engines.filter(engine => engine.deref() !== undefined).length).toBeLessThanOrEqual(1)
  })
})
