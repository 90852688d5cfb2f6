import { describe, expect, it } from 'vitest'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import type { Database } from './database.js'
import type { AnyDocument } from './document-types.js'
import { deleteDatabase, listDatabases } from './firekeep.js'

const KEY = new Uint8Array(32).fill(7)

/** Every call of a handle that may fail, by name. */
function allCalls(db: Database<AnyDocument>): Record<string, () => unknown> {
  return {
    put: () => db.put({ _id: 'x' }),
    bulk: () => db.bulk([{ _id: 'x' }]),
    emptyBulk: () => db.bulk([]),
    del: () => db.del('x'),
    remove: () => db.remove('x'),
    update: () => db.update('x', () => ({})),
    transact: () => db.transact(() => undefined),
    get: () => db.get('x'),
    find: () => db.find('x'),
    has: () => db.has('x'),
    allDocs: () => db.allDocs(),
    query: () => db.query('n'),
    changes: () => db.changes(),
    conflicts: () => db.conflicts(),
    clock: () => db.clock(),
    subscribe: () => db.subscribe(() => undefined),
    live: () => db.live('n'),
    attach: () => db.attach(new MemoryRemote()),
    identity: () => db.identity(),
    exportKey: () => db.exportKey(),
    storageInfo: () => db.storageInfo(),
    persist: () => db.persist(),
    destroy: () => db.destroy(),
  }
}

async function expectClosed(db: Database<AnyDocument>): Promise<void> {
  for (const [name, call] of Object.entries(allCalls(db))) {
    await expect(async () => call(), name).rejects.toMatchObject({ code: 'CLOSED' })
  }
  await db.close()
}

/** The keys of all storages of a space, to see that nothing was made. */
async function keysIn(space: StorageSpace): Promise<string[]> {
  const storage = await space.open('keys')
  const keys = await storage.list('')
  await storage.close()
  return keys
}

describe('close', () => {
  it('waits for what was issued, then everything fails with CLOSED', async () => {
    const space = createMemorySpace()
    const db = openReplica({ space })
    const puts = Array.from({ length: 50 }, (_, i) => db.put({ _id: `${i}` }))
    const update = db.update('counter', () => ({ n: 1 }))
    await db.close()
    await Promise.all([...puts, update])
    await expectClosed(db)
    const again = openReplica({ space })
    expect((await again.allDocs()).rows.length).toBe(51)
    await again.close()
  })

  it('of a database that was never used makes nothing', async () => {
    const space = createMemorySpace()
    const db = openReplica({ space })
    await db.close()
    await expectClosed(db)
    expect(await keysIn(space)).toEqual([])
  })

  it('ends subscriptions and live queries of its handle, not those of others', async () => {
    const space = createMemorySpace()
    const [first, second] = [openReplica({ space }), openReplica({ space })]
    const heard = { first: 0, second: 0, live: 0 }
    first.subscribe(() => heard.first++)
    second.subscribe(() => heard.second++)
    const live = first.live('n')
    live.subscribe(() => heard.live++)
    await second.query('n')
    await first.close()
    heard.live = 0
    await second.put({ _id: 'x', n: 1 })
    await second.query('n')
    expect(heard).toEqual({ first: 0, second: 1, live: 0 })
    expect(() => live.subscribe(() => undefined)).toThrow(expect.objectContaining({ code: 'CLOSED' }))
    await second.close()
  })

  it('is what `await using` does', async () => {
    const db = openReplica({ space: createMemorySpace() })
    await db[Symbol.asyncDispose]()
    await expectClosed(db)
  })
})

describe('destroy', () => {
  it('removes data and key, and closes all handles here and in other tabs', async () => {
    const space = createMemorySpace()
    const [db, other] = [openReplica({ space }), openReplica({ space })]
    const tab = openReplica({ space: new HookedSpace(space, 'tab'), seed: 2 })
    await db.put({ _id: 'x' })
    const before = await db.identity()
    await tab.put({ _id: 'y' })
    await db.destroy()
    expect(await keysIn(space)).toEqual([])
    for (const handle of [db, other, tab]) await expectClosed(handle)
    const again = openReplica({ space, seed: 3 })
    expect((await again.allDocs()).rows).toEqual([])
    expect((await again.identity()).database).not.toBe(before.database)
    await again.close()
  })

  it('of a database that was never written is fine', async () => {
    const space = createMemorySpace()
    const db = openReplica({ space })
    await db.destroy()
    await expectClosed(db)
  })
})

describe('names', () => {
  const names = [
    'a',
    'a/b',
    '../../etc/passwd',
    '.',
    'CON',
    '__proto__',
    ' ',
    '\0',
    '名前 🔥',
    'é',
    'e\u0301',
    'x'.repeat(255),
  ]

  it('are any text, and each its own database', async () => {
    const space = createMemorySpace()
    const handles = names.map((name, seed) => openReplica({ space, name, seed }))
    await Promise.all(handles.map((db, i) => db.put({ _id: `${i}` })))
    for (const [i, db] of handles.entries()) {
      expect(db.name).toBe(names[i])
      expect((await db.allDocs()).rows.map(row => row.id)).toEqual([`${i}`])
    }
    expect(await listDatabases({ storage: space })).toEqual(names.toSorted())
    await Promise.all(handles.map(db => db.close()))
  })

  it('never stand in what is stored but in the key store', async () => {
    const inner = createMemorySpace()
    const ids: string[] = []
    const space: StorageSpace = {
      ...inner,
      open: id => {
        ids.push(id)
        return inner.open(id)
      },
    }
    const db = openReplica({ space, name: 'secret name' })
    await db.put({ _id: 'secret id', secret: 'field' })
    await db.close()
    for (const id of new Set(ids)) {
      expect(id).toMatch(/^[a-z0-9]{1,64}$/)
      if (id === 'keys') continue
      const entries = await (await inner.open(id)).getAll('')
      for (const [key, value] of entries) {
        expect(key + Buffer.from(value).toString('latin1')).not.toMatch(/secret/)
      }
    }
  })
})

describe('deleteDatabase', () => {
  it('removes a database whether it is open or not, and a missing one is fine', async () => {
    const space = createMemorySpace()
    const options = { storage: space }
    const [open, closed] = [openReplica({ space, name: 'open' }), openReplica({ space, name: 'closed' })]
    await Promise.all([open.put({ _id: 'x' }), closed.put({ _id: 'x' })])
    await closed.close()
    const late = open.put({ _id: 'y' })
    for (const name of ['open', 'closed', 'never made']) await deleteDatabase(name, options)
    await late
    expect(await listDatabases(options)).toEqual([])
    expect(await keysIn(space)).toEqual([])
    await expectClosed(open)
    const again = openReplica({ space, name: 'open', seed: 2 })
    expect(await again.has('x')).toBe(false)
    await again.close()
  })

  it('needs no key', async () => {
    const space = createMemorySpace()
    const db = openReplica({ space, key: KEY })
    await db.put({ _id: 'x' })
    await db.close()
    await deleteDatabase('test', { storage: space })
    expect(await listDatabases({ storage: space })).toEqual([])
  })
})

describe('keys', () => {
  it('a wrong key is told, and nothing is written', async () => {
    const space = createMemorySpace()
    const right = openReplica({ space, key: KEY })
    await right.put({ _id: 'x' })
    await right.close()
    const before = await keysIn(space)
    const wrong = openReplica({ space, key: new Uint8Array(32).fill(8) })
    await expect(wrong.put({ _id: 'y' })).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await expect(wrong.get('x')).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await wrong.close()
    expect(await keysIn(space)).toEqual(before)
    const again = openReplica({ space, key: KEY })
    expect((await again.allDocs()).rows.map(row => row.id)).toEqual(['x'])
    await again.close()
  })

  it('a key that was given is not stored: without it there is KEY_MISSING, and none is minted', async () => {
    const space = createMemorySpace()
    const keyed = openReplica({ space, key: KEY })
    await keyed.put({ _id: 'x' })
    await keyed.close()
    const without = openReplica({ space, seed: 2 })
    await expect(without.put({ _id: 'y' })).rejects.toMatchObject({ code: 'KEY_MISSING' })
    await expect(without.get('x')).rejects.toMatchObject({ code: 'KEY_MISSING' })
    await expect(without.exportKey()).rejects.toMatchObject({ code: 'KEY_MISSING' })
    await without.close()
    const again = openReplica({ space, key: KEY })
    expect(await again.has('x')).toBe(true)
    await again.close()
  })

  it('exportKey opens the same database elsewhere', async () => {
    const db = openReplica({ space: createMemorySpace() })
    const key = await db.exportKey()
    expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const elsewhere = openReplica({ space: createMemorySpace(), key, seed: 2 })
    const [here, there] = [await db.identity(), await elsewhere.identity()]
    expect(there.database).toBe(here.database)
    expect(there.author).not.toBe(here.author)
    await Promise.all([db.close(), elsewhere.close()])
  })
})
