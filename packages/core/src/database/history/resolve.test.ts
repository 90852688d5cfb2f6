import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import { createTestPair, settled, type TestPair } from '../../testing/create-test-pair.js'
import { HookedSpace } from '../../testing/fixtures/hooked-space.js'
import { openReplica } from '../../testing/fixtures/open-replica.js'
import type { Database } from '../database.js'
import type { AnyDocument, Clock } from '../document-types.js'
import type { ConflictVersion } from './conflict-types.js'

type Db = Database<AnyDocument>

let pair: TestPair<AnyDocument>

beforeEach(() => {
  pair = createTestPair()
})

afterEach(() => pair.close())

/** Both wrote `x` without knowing of each other. */
async function diverge(a: AnyDocument = { by: 'a' }, b: AnyDocument = { by: 'b' }): Promise<void> {
  await pair.a.put({ _id: 'x', by: 'nobody' })
  await settled(pair)
  pair.offline()
  await pair.a.put({ _id: 'x', ...a })
  await pair.b.put({ _id: 'x', ...b })
  pair.online()
  await settled(pair)
}

async function onlyConflict(db: Db) {
  const [conflict, ...others] = await db.conflicts().toArray()
  expect(others).toEqual([])
  if (conflict === undefined) throw new Error('there is no conflict')
  return conflict
}

/** Two engines on one space. */
function openTabs(): [Db, Db] {
  const space = createMemorySpace()
  const open = (seed: number) => openReplica({ space: new HookedSpace(space, `tab ${seed}`), seed })
  return [open(1), open(2)]
}

const joined = (versions: readonly ConflictVersion<AnyDocument>[]): Clock =>
  versions.flatMap(({ clock }) => clock)

const contents = async (db: Db) =>
  (await onlyConflict(db)).versions.map(({ doc }) => ('by' in doc ? doc.by : 'deleted')).sort()

describe('conflicts', () => {
  it('tell who wrote what when, what it comes from and where it differs', async () => {
    await diverge({ by: 'a', at: { city: 'Rome' } }, { by: 'b', at: { city: 'Oslo' } })
    const conflict = await onlyConflict(pair.b)
    const authors = [(await pair.a.identity()).author, (await pair.b.identity()).author]
    expect(conflict.winner).toBe(conflict.versions[0])
    expect(conflict.winner.doc).toEqual(await pair.a.get('x'))
    for (const { doc, author } of conflict.versions) expect(author).toBe(authors['ab'.indexOf(doc.by)])
    for (const { time } of conflict.versions) expect(time).toBeGreaterThan(Date.UTC(2026, 0, 1))
    expect(conflict.base?.doc).toEqual({ _id: 'x', by: 'nobody' })
    expect(conflict.fields).toEqual(['at.city', 'by'])
    expect(await pair.a.conflicts().toArray()).toEqual([conflict])
  })

  it('belong to whoever lists them', async () => {
    await diverge()
    const { winner } = await onlyConflict(pair.a)
    winner.doc.by = 'changed'
    expect((await onlyConflict(pair.a)).winner.doc.by).not.toBe('changed')
  })

  it('stay visible after a plain put, which supersedes the winner only', async () => {
    await diverge()
    const { versions } = await onlyConflict(pair.a)
    await pair.a.put({ ...(await pair.a.get('x')), by: 'again' })
    expect(await contents(pair.a)).toEqual([versions[1]?.doc.by, 'again'].sort())
  })

  it.each(['del', 'purge'] as const)('scenario 4: end with %s: the document is not found', async end => {
    await diverge()
    await pair.a[end]('x')
    for (const db of [pair.a, pair.b]) {
      await settled(pair)
      await expect(db.get('x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(await db.conflicts().toArray()).toEqual([])
    }
  })

  it('are the same before and after folding, and again from the stored state', async () => {
    const space = createMemorySpace()
    let db: Db = createTestDatabase({ storage: space })
    for (const id of ['a', 'b', 'c']) {
      const { clock } = await db.put({ _id: id, n: 0 })
      await db.put({ _id: id, n: 1 }, { basedOn: clock })
      await db.put({ _id: id, n: 2 }, { basedOn: clock })
    }
    const listed = await db.conflicts().toArray()
    expect(listed.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    await db.compact()
    expect(await db.conflicts().toArray()).toEqual(listed)
    await db.resolve('b', { n: 3 })
    await db.compact()
    expect(await db.conflicts().toArray()).toEqual([listed[0], listed[2]])
    await db.close()
    db = createTestDatabase({ storage: space })
    expect(await db.conflicts().toArray()).toEqual([listed[0], listed[2]])
    await db.close()
  })
})

describe('resolve', () => {
  it('with a document supersedes all versions, everywhere', async () => {
    await diverge()
    const { id, clock } = await pair.a.resolve('x', { by: 'both' })
    await settled(pair)
    expect([id, clock]).toEqual(['x', await pair.b.clock()])
    for (const db of [pair.a, pair.b]) {
      expect(await db.get('x')).toEqual({ _id: 'x', by: 'both' })
      expect(await db.conflicts().toArray()).toEqual([])
    }
  })

  it('with a function gets the versions, which are its own, and writes what it answers', async () => {
    await diverge()
    await pair.a.resolve('x', async versions => {
      const names = versions.map(({ doc }) => doc.by).sort()
      for (const { doc } of versions) doc.by = 'mine to change'
      return { by: names.join('+') }
    })
    expect(await pair.a.get('x')).toEqual({ _id: 'x', by: 'a+b' })
    expect(await pair.a.conflicts().toArray()).toEqual([])
  })

  it('deletes with `_deleted`, and where the function answers null', async () => {
    for (const resolution of [{ _id: 'x', _deleted: true } as const, () => null]) {
      await diverge()
      await pair.a.resolve('x', resolution)
      expect(await pair.a.has('x')).toBe(false)
      expect(await pair.a.conflicts().toArray()).toEqual([])
      await settled(pair)
    }
  })

  it('leaves a version that came after what it is based on', async () => {
    await diverge()
    const { versions } = await onlyConflict(pair.a)
    pair.offline()
    await pair.b.put({ _id: 'x', by: 'third' }, { basedOn: [] })
    pair.online()
    await settled(pair)
    await pair.a.resolve('x', { by: 'both' }, { basedOn: joined(versions) })
    expect(await contents(pair.a)).toEqual(['both', 'third'])
    const seen = (await onlyConflict(pair.a)).versions
    await pair.a.resolve('x', found => ({ by: `${found.length}` }), { basedOn: joined(seen) })
    expect(await pair.a.get('x')).toEqual({ _id: 'x', by: '2' })
    expect(await pair.a.conflicts().toArray()).toEqual([])
  })

  it('shows a function the versions of the clock it is based on', async () => {
    await diverge()
    const before = await pair.a.clock()
    await pair.a.put({ ...(await pair.a.get('x')), by: 'later' })
    const shown: unknown[] = []
    await pair.a.resolve(
      'x',
      versions => {
        shown.push(...versions.map(({ doc }) => doc.by))
        return { by: 'both' }
      },
      { basedOn: before },
    )
    expect(shown.sort()).toEqual(['a', 'b'])
    expect(await contents(pair.a)).toEqual(['both', 'later'])
  })

  it('takes its place among the writes that are not awaited', async () => {
    await diverge()
    void pair.a.put({ _id: 'x', by: 'before' })
    void pair.a.resolve('x', versions => ({ by: `of ${versions[0]?.doc.by}` }))
    void pair.a.put({ _id: 'y', by: 'after' })
    expect(await pair.a.get('x')).toEqual({ _id: 'x', by: 'of before' })
    void pair.a.put({ _id: 'x', by: 'first' })
    void pair.a.resolve('x', { by: 'second' })
    expect(await pair.a.get('x')).toEqual({ _id: 'x', by: 'second' })
    expect(await pair.a.conflicts().toArray()).toEqual([])
  })

  it('runs its function again when another tab wrote meanwhile', async () => {
    const [one, other] = openTabs()
    await one.put({ _id: 'x', n: 1 })
    const seen: unknown[] = []
    await one.resolve('x', async versions => {
      seen.push(versions[0]?.doc.n)
      if (seen.length === 1) await other.put({ _id: 'x', n: 2 })
      return { n: 3 }
    })
    expect(seen).toEqual([1, 2])
    await other.update('y', () => ({}))
    expect(await other.get('x')).toEqual({ _id: 'x', n: 3 })
    expect(await other.conflicts().toArray()).toEqual([])
    await Promise.all([one.close(), other.close()])
  })

  it('of a document without a conflict is a put, of none that is deleted nothing', async () => {
    const db = pair.a
    await db.resolve('x', { n: 1 })
    await db.resolve('x', versions => ({ n: (versions[0]?.doc.n as number) + 1 }))
    expect(await db.get('x')).toEqual({ _id: 'x', n: 2 })
    const clock = await db.clock()
    const shown = await db.resolve('nobody', versions => {
      expect(versions).toEqual([])
      return null
    })
    expect(shown.clock).toEqual(clock)
  })

  it('refuses another id, what is no document, and clocks it does not know', async () => {
    await diverge()
    const { a } = pair
    for (const made of [{ _id: 'y', by: 'z' }, 5, [], new Map(), undefined] as never[]) {
      await expect(a.resolve('x', made)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
      await expect(a.resolve('x', () => made)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    }
    await expect(a.resolve('', { by: 'z' })).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    const options = { other: 1 } as never
    await expect(a.resolve('x', { by: 'z' }, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    for (const made of [{ by: 'z' }, () => ({ by: 'z' })]) {
      const based = a.resolve('x', made, { basedOn: 'x' as never })
      await expect(based).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
    const failing = a.resolve('x', () => {
      throw new RangeError('not now')
    })
    await expect(failing).rejects.toThrow(RangeError)
    expect(await contents(a)).toEqual(['a', 'b'])
  })

  it('keeps the attachments of the versions, and takes new ones', async () => {
    const db = pair.a
    const file = (text: string) => new File([text], 'f', { type: 'text/plain' })
    await db.put({ _id: 'x', _files: { same: file('same'), own: file('one') } })
    const { _files: { same } = {} } = await db.get('x')
    await db.put({ _id: 'x', _files: { same, own: file('two') } }, { basedOn: [] })
    const { fields, versions } = await onlyConflict(db)
    expect(fields).toEqual(['_files.own'])
    const texts = versions.map(async ({ doc }) => (await doc._files?.own?.file())?.text())
    expect((await Promise.all(texts)).sort()).toEqual(['one', 'two'])
    await db.resolve('x', found => ({ _files: { ...found[1]?.doc._files, more: file('three') } }))
    await db.resolve('x', { ...(await db.get('x')), _files: { same, last: file('four') } })
    const { _files: left = {} } = await db.get('x')
    expect(Object.keys(left).sort()).toEqual(['last', 'same'])
    expect(await (await left.last?.file())?.text()).toBe('four')
    expect(await db.conflicts().toArray()).toEqual([])
  })

  it('ends a conflict of more versions than one operation can name', async () => {
    const db = pair.a
    for (let i = 0; i < 70; i++) await db.put({ _id: 'x', i }, { basedOn: [] })
    expect((await onlyConflict(db)).versions.length).toBe(70)
    await db.resolve('x', { i: 'all' })
    await settled(pair)
    for (const each of [db, pair.b]) {
      expect(await each.get('x')).toEqual({ _id: 'x', i: 'all' })
      expect(await each.conflicts().toArray()).toEqual([])
    }
    for (let i = 0; i < 70; i++) await db.put({ _id: 'y', i }, { basedOn: [] })
    await db.resolve('y', versions => ({ count: versions.length }))
    expect(await db.get('y')).toEqual({ _id: 'y', count: 70 })
    expect(await db.conflicts().toArray()).toEqual([])
  })
})

/** What happens on one of three devices. */
const step = fc.record({
  device: fc.nat(2),
  kind: fc.constantFrom('put', 'put', 'del', 'resolve', 'choose', 'sync', 'note'),
})

interface Seen {
  readonly db: Db
  readonly clock: Clock
}

describe('any order of conflicts and resolutions', () => {
  it('L1, L2: comes to the same everywhere, and what was resolved is what was seen', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 14 }), async steps => {
      const devices = await openDevices()
      const seen: (Seen | undefined)[] = []
      let n = 0
      for (const { device, kind } of steps) {
        const { db, sync } = devices[device] as Device
        n += 1
        if (kind === 'put') await db.put({ _id: 'x', n })
        if (kind === 'del') await db.del('x')
        if (kind === 'note') seen[device] = { db, clock: await db.clock() }
        if (kind === 'sync') await sync()
        if (kind === 'choose') await db.resolve('x', versions => ({ n, of: versions.length }))
        if (kind === 'resolve') await resolveSeen(db, n, seen[device]?.clock)
      }
      for (const { sync } of [...devices, ...devices]) await sync()
      const lists = await Promise.all(devices.map(({ db }) => db.conflicts().toArray()))
      const shown = await Promise.all(devices.map(({ db }) => db.find('x')))
      expect(lists[1]).toEqual(lists[0])
      expect(lists[2]).toEqual(lists[0])
      expect(shown[1]).toEqual(shown[0])
      expect(shown[2]).toEqual(shown[0])
      await Promise.all(devices.map(({ db }) => db.close()))
    })
    await fc.assert(property, { numRuns: runs(8) })
  })
})

/** Resolves what was there at a clock: whatever came since is still a version afterwards. */
async function resolveSeen(db: Db, n: number, clock: Clock | undefined): Promise<void> {
  const textsOf = async () => {
    const [conflict] = await db.conflicts().toArray()
    const single = await db.find('x')
    return (
      conflict?.versions.map(({ doc }) => JSON.stringify(doc)) ?? (single ? [JSON.stringify(single)] : [])
    )
  }
  const before = await textsOf()
  if (clock === undefined) {
    await db.resolve('x', { n })
    expect(await textsOf()).toEqual([JSON.stringify({ _id: 'x', n })])
    return
  }
  let known: string[] = []
  const look = (versions: readonly ConflictVersion<AnyDocument>[]) => {
    known = versions.map(({ doc }) => JSON.stringify(doc))
    return { n }
  }
  await db.resolve('x', look, { basedOn: clock })
  const after = await textsOf()
  const unseen = before.filter(text => !known.includes(text) && !text.includes('_deleted'))
  for (const text of unseen) expect(after).toContain(text)
  expect(after.filter(text => known.includes(text))).toEqual([])
}

interface Device {
  readonly db: Db
  readonly sync: () => Promise<void>
}

async function openDevices(): Promise<Device[]> {
  const { MemoryRemote } = await import('../../remotes/memory-remote.js')
  const remote = new MemoryRemote()
  const key = new Uint8Array(32).fill(9)
  return [1, 2, 3].map(seed => {
    const db: Db = createTestDatabase({ key, seed })
    return {
      db,
      sync: async () => {
        const attachment = db.attach(remote)
        await attachment.synced()
        await attachment.detach()
      },
    }
  })
}
