import { CarReader } from '@ipld/car/reader'
import { describe, expect, it } from 'vitest'
import { stride } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import { bytesOf } from './fixtures/bytes-of.js'

const KEY = new Uint8Array(32).fill(7)

/** With `null` the key is its own. */
function open(seed = 1, key: Uint8Array | null = KEY): Database<AnyDocument> {
  return openReplica({ space: createMemorySpace(), seed, ...(key && { key }) })
}

/** Documents, versions, a deletion, a large content and a conflict. */
async function fill(db: Database<AnyDocument>): Promise<void> {
  const base = await db.bulk([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 1 },
    { _id: 'gone', n: 1 },
  ])
  await db.put({ _id: 'a', n: 2 })
  await db.put({ _id: 'b', n: 2 }, { basedOn: base.clock })
  await db.put({ _id: 'b', n: 3 }, { basedOn: base.clock })
  await db.del('gone')
  await db.put({ _id: 'large', text: 'x'.repeat(10_000), bytes: new Uint8Array([1, 2, 3]) })
}

async function expectSame(a: Database<AnyDocument>, b: Database<AnyDocument>): Promise<void> {
  expect(await b.clock()).toEqual(await a.clock())
  expect((await b.allDocs()).docs).toEqual((await a.allDocs()).docs)
  expect(await b.conflicts().toArray()).toEqual(await a.conflicts().toArray())
}

describe('an export', () => {
  it.each([false, true])('gives another device the whole history (sealed: %s)', async sealed => {
    const [a, b] = [open(1), open(2)]
    await fill(a)
    const bytes = await bytesOf(a.export({ sealed }))
    const report = await b.import(bytes)
    expect(report).toEqual({ clock: await a.clock(), commits: 6, restored: 0 })
    await expectSame(a, b)
    expect(await b.verify()).toMatchObject({ isSound: true, commits: 6 })
    await Promise.all([a.close(), b.close()])
  })

  it('is the same before and after a compaction, and imports by any chunks', async () => {
    const [a, b] = [open(1), open(2)]
    await fill(a)
    const before = await bytesOf(a.export())
    await a.compact()
    const after = await bytesOf(a.export())
    expect(after).toEqual(before)
    async function* chunks() {
      for (let at = 0; at < after.length; at += 13) yield after.subarray(at, at + 13)
    }
    await b.import(chunks())
    await expectSame(a, b)
    await Promise.all([a.close(), b.close()])
  })

  it('may be a Blob or a stream, and goes on in small steps', async () => {
    const [a, b, c] = [open(1), open(2), open(3)]
    await fill(a)
    const steps: unknown[] = []
    const bytes = await bytesOf(a.export({ onProgress: step => steps.push(step) }))
    expect(steps.at(-1)).toEqual({ done: 6, total: 6 })
    await b.import(new Blob([bytes as BlobPart]), { onProgress: step => steps.push(step) })
    expect(steps.at(-1)).toEqual({ done: 6, total: 6 })
    await c.import(a.export({ sealed: true }))
    await Promise.all([expectSame(a, b), expectSame(a, c)])
    await Promise.all([a.close(), b.close(), c.close()])
  })

  it('is a CAR that other tools read', async () => {
    const db = open()
    await fill(db)
    const reader = await CarReader.fromBytes(await bytesOf(db.export()))
    const [root] = await reader.getRoots()
    expect(await reader.get(root as never)).toBeDefined()
    await db.close()
  })

  it('of a database that holds nothing imports as nothing', async () => {
    const [a, b] = [open(1), open(2)]
    expect(await b.import(await bytesOf(a.export()))).toEqual({ clock: [], commits: 0, restored: 0 })
    await Promise.all([a.close(), b.close()])
  })

  it('stops when it is aborted or not read on', async () => {
    const db = open()
    await fill(db)
    const abort = new AbortController()
    abort.abort()
    await expect(bytesOf(db.export({ signal: abort.signal }))).rejects.toMatchObject({ code: 'ABORTED' })
    await db.export().cancel()
    await expect(db.import(await bytesOf(db.export()), { signal: abort.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    await db.close()
  })
})

describe('an import', () => {
  it('twice changes nothing, and adds what is new to what is there', async () => {
    const [a, b] = [open(1), open(2)]
    await fill(a)
    await b.import(await bytesOf(a.export()))
    const clock = await b.clock()
    expect(await b.import(await bytesOf(a.export()))).toEqual({ clock, commits: 0, restored: 0 })
    await b.put({ _id: 'own', n: 1 })
    await a.put({ _id: 'later', n: 1 })
    expect(await b.import(await bytesOf(a.export({ sealed: true })))).toMatchObject({ commits: 1 })
    expect(await b.get('own')).toEqual({ _id: 'own', n: 1 })
    expect(await b.get('later')).toEqual({ _id: 'later', n: 1 })
    await Promise.all([a.close(), b.close()])
  })

  it('tells the subscribers, and goes to the remote', async () => {
    const [a, b, c] = [open(1), open(2), open(3)]
    await fill(a)
    const remote = new MemoryRemote('r')
    const heard: string[] = []
    b.subscribe(docs => heard.push(...docs.map(({ _id }) => _id as string)))
    await b.import(await bytesOf(a.export()))
    expect(heard.sort()).toEqual(['a', 'b', 'large'])
    await b.attach(remote).synced()
    await c.attach(remote).synced()
    await expectSame(a, c)
    await Promise.all([a.close(), b.close(), c.close()])
  })

  it('of another database is refused with the ways out, and nothing is made', async () => {
    const a = open(1)
    await fill(a)
    const others = [open(2, new Uint8Array(32).fill(8)), open(3, null)]
    for (const sealed of [false, true]) {
      const bytes = await bytesOf(a.export({ sealed }))
      for (const other of others) {
        const refused = { code: 'DATABASE_MISMATCH', message: expect.stringContaining('exportJson') }
        await expect(other.import(bytes)).rejects.toMatchObject(refused)
        expect(await other.clock()).toEqual([])
      }
    }
    const own = open(4, null)
    await own.put({ _id: 'own' })
    await expect(own.import(await bytesOf(a.export()))).rejects.toMatchObject({ code: 'DATABASE_MISMATCH' })
    await Promise.all([a, own, ...others].map(db => db.close()))
  })

  it('of what are no bytes is refused', async () => {
    const db = open()
    for (const source of [
      undefined,
      'text',
      7,
      {},
      (async function* () {
        yield 'text'
      })(),
    ])
      await expect(db.import(source as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await db.close()
  })

  it('puts aside in the storage what memory does not hold, and leaves nothing there', async () => {
    const space = createMemorySpace()
    const [a, b] = [open(1), openReplica({ space, seed: 2, key: KEY })]
    for (let i = 0; i < 9; i++) await a.put({ _id: `large ${i}`, text: String(i).repeat(1_000_000) })
    const bytes = await bytesOf(a.export())
    await b.import(bytes)
    await expect(b.import(bytes.with(bytes.length - 1, 0))).rejects.toMatchObject({ code: 'CORRUPT' })
    await expectSame(a, b)
    const [id] = (await space.list()).filter(each => each !== 'keys')
    const storage = await space.open(id as string)
    expect(await storage.list('import/')).toEqual([])
    await storage.close()
    await Promise.all([a.close(), b.close()])
  })
})

describe('damage of an export is found, and nothing taken in:', () => {
  async function small(sealed: boolean): Promise<{ a: Database<AnyDocument>; bytes: Uint8Array }> {
    const a = open(1)
    await a.bulk([{ _id: 'a', n: 1 }, { _id: 'b' }])
    await a.bulk([
      { _id: 'a', n: 2 },
      { _id: 'b', _deleted: true },
    ])
    return { a, bytes: await bytesOf(a.export({ sealed })) }
  }

  it.each([false, true])('any byte (sealed: %s)', async sealed => {
    const { a, bytes } = await small(sealed)
    const b = open(2)
    const step = stride(sealed ? 11 : 3)
    for (let at = 0; at < bytes.length; at += step) {
      const bit = 1 << (at % 8)
      const damaged = bytes.with(at, (bytes[at] as number) ^ bit)
      const code = await b.import(damaged).then(
        () => 'taken in',
        error => error.code,
      )
      expect(`${at} ${code}`).toMatch(/(CORRUPT|INVALID_COMMIT|UNSUPPORTED_FORMAT|DATABASE_MISMATCH)$/)
    }
    expect(await b.clock()).toEqual([])
    expect((await b.import(bytes)).commits).toBe(2)
    await Promise.all([a.close(), b.close()])
  })

  it.each([false, true])('any length, shorter or longer (sealed: %s)', async sealed => {
    const { a, bytes } = await small(sealed)
    const b = open(2)
    for (let length = 0; length < bytes.length; length += stride(sealed ? 13 : 7))
      await expect(b.import(bytes.subarray(0, length))).rejects.toMatchObject({ code: 'CORRUPT' })
    for (const more of [new Uint8Array(1), new Uint8Array(100), bytes])
      await expect(b.import(new Blob([bytes, more] as BlobPart[]))).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(await b.clock()).toEqual([])
    await Promise.all([a.close(), b.close()])
  })
})
