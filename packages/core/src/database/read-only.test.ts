import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import type { Database } from './database.js'
import type { AnyDocument } from './document-types.js'

const KEY = new Uint8Array(32).fill(7)

/** Every call that writes: also those that would write nothing, and those that are wrong in another way. */
function allWrites(db: Database<AnyDocument>): Record<string, () => Promise<unknown>> {
  const notCalled = () => expect.unreachable('the function of a refused write ran')
  return {
    put: () => db.put({ _id: 'x' }),
    putOfNothingValid: () => db.put({ _id: 'x', wrong: Number.NaN }),
    putWithWrongOptions: () => db.put({ _id: 'x' }, { colour: 'red' } as never),
    putIfNotStale: () => db.put({ _id: 'x' }, { ifStale: 'fail' }),
    putWithdrawn: () => db.put({ _id: 'x' }, { signal: AbortSignal.abort() }),
    putBasedOnNothing: () => db.put({ _id: 'x' }, { basedOn: ['bafy'] }),
    bulk: () => db.bulk([{ _id: 'x' }, { _id: 'y' }]),
    emptyBulk: () => db.bulk([]),
    bulkOfNoArray: () => db.bulk('x' as never),
    bulkOfNothingValid: () => db.bulk([{ _id: '' }]),
    del: () => db.del('a'),
    delOfMissing: () => db.del('missing'),
    delOfNoId: () => db.del(5 as never),
    remove: () => db.remove('a'),
    update: () => db.update('a', notCalled),
    updateOfNoId: () => db.update('', notCalled),
    transact: () => db.transact(notCalled),
    transactWithWrongOptions: () => db.transact(notCalled, { colour: 'red' } as never),
    resolve: () => db.resolve('a', { n: 1 }),
    resolveWith: () => db.resolve('a', () => null),
    resolveToNothing: () => db.resolve('', 5 as never),
    purge: () => db.purge('a'),
    purgeOfMissing: () => db.purge('missing'),
    purgeOfNoId: () => db.purge(null as never),
  }
}

async function expectReadOnly(open: () => Database<AnyDocument>): Promise<void> {
  for (const name of Object.keys(allWrites(open()))) {
    // A handle that was just opened, and one that has been read through.
    for (const isWarm of [false, true]) {
      const db = open()
      if (isWarm) await db.allDocs()
      const call = allWrites(db)[name] as () => Promise<unknown>
      await expect(call(), `${name}, ${isWarm ? 'opened' : 'new'}`).rejects.toMatchObject({
        code: 'READ_ONLY',
      })
      await db.close()
    }
  }
}

/** All that a space holds, to see that nothing was made. */
async function contentsOf(space: StorageSpace): Promise<unknown> {
  const ids = [...new Set([...(await space.list()), 'keys'])].sort()
  return Promise.all(
    ids.map(async id => {
      const storage = await space.open(id)
      const entries = await storage.getAll('')
      await storage.close()
      return [id, entries]
    }),
  )
}

/** A space with a database of some commits that can be written with `KEY`, and the key that only reads it. */
async function createDatabase(): Promise<{ space: StorageSpace; readKey: string }> {
  const space = createMemorySpace()
  const db = openReplica({ space, key: KEY })
  await db.bulk([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 2 },
  ])
  await db.put({ _id: 'a', n: 3 })
  const readKey = await db.exportKey({ permission: 'read' })
  await db.close()
  return { space, readKey }
}

describe('a database that one may only read', () => {
  it('refuses every write with READ_ONLY, whatever else is wrong with it, and stores nothing', async () => {
    const { space, readKey } = await createDatabase()
    const before = await contentsOf(space)
    await expectReadOnly(() => openReplica({ space, key: readKey }))
    expect(await contentsOf(space)).toEqual(before)
  })

  it('is not made by a write that is refused, nor by a read', async () => {
    const { readKey } = await createDatabase()
    const space = createMemorySpace()
    await expectReadOnly(() => openReplica({ space, key: readKey }))
    expect(await space.list()).toEqual([])
  })

  it('is read, queried, watched, compacted and pruned as any other', async () => {
    const { space, readKey } = await createDatabase()
    const db = openReplica({ space, key: readKey })
    const before = await db.clock()
    expect(await db.get('a')).toEqual({ _id: 'a', n: 3 })
    expect(await db.query('n', { key: 3 })).toMatchObject({ rows: [{ id: 'a' }] })
    const live = db.live('n')
    live.subscribe(() => undefined)
    const writer = openReplica({ space: new HookedSpace(space, 'writer'), key: KEY, seed: 2 })
    const heard = new Promise(resolve => db.subscribe(resolve))
    await writer.put({ _id: 'c', n: 4 })
    expect(await heard).toEqual([{ _id: 'c', n: 4 }])
    expect((await db.query('n')).rows.map(row => row.key)).toEqual([2, 3, 4])
    expect(live.getSnapshot()).toMatchObject({ rows: [{ key: 2 }, { key: 3 }, { key: 4 }] })
    expect((await db.changes(before)).docs).toEqual([{ _id: 'c', n: 4 }])
    expect((await db.compact()).commits).toBe(3)
    await db.prune({ before: await db.clock() })
    expect(await db.get('a')).toEqual({ _id: 'a', n: 3 })
    await Promise.all([db.close(), writer.close()])
  })

  it('is the same database, and says that it can only be read', async () => {
    const { space, readKey } = await createDatabase()
    const [reader, elsewhere] = [
      openReplica({ space, key: readKey }),
      openReplica({ space: createMemorySpace(), key: readKey }),
    ]
    const identity = await reader.identity()
    expect(identity).toEqual({ database: expect.any(String), author: undefined, permission: 'read' })
    expect(await elsewhere.identity()).toEqual(identity)
    await Promise.all([reader.close(), elsewhere.close()])
    const writer = openReplica({ space, key: KEY })
    expect(await writer.identity()).toEqual({
      database: identity.database,
      author: expect.stringMatching(/^[\w-]{43}$/),
      permission: 'write',
    })
    await writer.close()
  })

  it('gives the right to read away, and not the one to write', async () => {
    const { space, readKey } = await createDatabase()
    const reader = openReplica({ space, key: readKey })
    expect(readKey).toMatch(/^[\w-]{86}$/)
    expect(await reader.exportKey()).toBe(readKey)
    expect(await reader.exportKey({ permission: 'read' })).toBe(readKey)
    await expect(reader.exportKey({ permission: 'write' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    for (const permission of ['admin', null, 1] as never[])
      await expect(reader.exportKey({ permission })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await reader.close()
    const writer = openReplica({ space, key: KEY })
    expect(await writer.exportKey()).toBe(Buffer.from(KEY).toString('base64url'))
    expect(await writer.exportKey({ permission: 'write' })).toBe(await writer.exportKey())
    expect(await writer.exportKey({ permission: 'read' })).toBe(readKey)
    await writer.close()
  })

  it('does not open with the read key of another database', async () => {
    const { space, readKey } = await createDatabase()
    const wrong = Buffer.from(readKey, 'base64url')
    wrong[63] = (wrong[63] as number) ^ 1
    const db = openReplica({ space, key: wrong })
    await expect(db.get('a')).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await expect(db.put({ _id: 'x' })).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await db.close()
  })

  it('fails with CLOSED once it is closed', async () => {
    const { space, readKey } = await createDatabase()
    const db = openReplica({ space, key: readKey })
    await db.close()
    for (const [name, call] of Object.entries(allWrites(db)))
      await expect(call(), name).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('a database that can be written', () => {
  it('tells what is wrong with a write as ever', async () => {
    const db = openReplica({ space: createMemorySpace() })
    await expect(db.put({ _id: 'x', wrong: Number.NaN })).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    await expect(db.bulk('x' as never)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    await expect(db.purge(null as never)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    expect(await db.bulk([])).toEqual({ ids: [], clock: [] })
    await db.close()
  })
})
