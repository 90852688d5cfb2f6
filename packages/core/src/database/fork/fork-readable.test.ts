import { describe, expect, it } from 'vitest'
import { readSecretOf } from '../../crypto/secrets.js'
import { FirekeepError } from '../../errors.js'
import { MemoryRemote } from '../../remotes/memory-remote.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import type { Storage, StorageSpace } from '../../storage/storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import { engineOf } from '../engine-of.js'
import { deleteDatabase, listDatabases } from '../firekeep.js'
import { readAll } from '../fixtures/forks.js'

/** Every so many of the storage calls; all of them in the long run. */
const STRIDE = process.env.FIREKEEP_LONG ? 1 : 7

/** Dies at a call on the space or one of its storages, that of the keys included: whatever comes later fails. */
class DyingSpace implements StorageSpace {
  readonly kind: StorageSpace['kind']
  readonly id: string
  readonly #space: StorageSpace
  #left = Number.POSITIVE_INFINITY
  #when: 'before' | 'after' = 'before'

  constructor(space: StorageSpace) {
    this.kind = space.kind
    this.id = `${space.id}/dying`
    this.#space = space
  }

  get isDead(): boolean {
    return this.#left < 0
  }

  dieAfter(calls: number, when: 'before' | 'after'): void {
    this.#left = calls
    this.#when = when
  }

  async open(...[id, options]: Parameters<StorageSpace['open']>): Promise<Storage> {
    const storage = await this.#call(() => this.#space.open(id, options))
    return {
      kind: storage.kind,
      get: key => this.#call(() => storage.get(key)),
      getRange: (key, offset, length) => this.#call(() => storage.getRange(key, offset, length)),
      list: prefix => this.#call(() => storage.list(prefix)),
      getAll: prefix => this.#call(() => storage.getAll(prefix)),
      batch: (puts, deletes, options) => this.#call(() => storage.batch(puts, deletes, options)),
      info: () => this.#call(() => storage.info()),
      persist: () => this.#call(() => storage.persist()),
      watch: listener => storage.watch(() => this.isDead || listener()),
      close: () => storage.close(),
    }
  }

  list(): Promise<string[]> {
    return this.#call(() => this.#space.list())
  }

  remove(id: string): Promise<void> {
    return this.#call(() => this.#space.remove(id))
  }

  async #call<T>(act: () => Promise<T>): Promise<T> {
    if (this.isDead) throw died()
    this.#left -= 1
    if (!this.isDead) return act()
    if (this.#when === 'after') await act()
    throw died()
  }
}

function died(): FirekeepError {
  return new FirekeepError('STORAGE_FAILED', 'the process was killed')
}

/** A replica that may only read, in a space of its own. */
async function readable(space = createMemorySpace()) {
  const writer = createTestDatabase()
  await writer.bulk([
    { _id: 'a', n: 1, _files: { note: new Blob(['hello']) } },
    { _id: 'b', n: 2 },
  ])
  await writer.put({ _id: 'c', n: 3 })
  const { secrets } = await engineOf(writer).mustGetStore()
  const remote = new MemoryRemote()
  await writer.attach(remote).synced()
  const key = readSecretOf(secrets)
  const open = (storage: StorageSpace, seed: number) =>
    createTestDatabase({ name: 'theirs', key, storage, seed })
  const db = open(space, 2)
  await db.attach(remote).synced()
  await (await db.get('a'))._files?.note?.file()
  await Promise.all([db.close(), writer.close()])
  return { space, open }
}

const ALL = { a: 1, b: 2, c: 3 }

async function expectFork(fork: Database<AnyDocument>): Promise<void> {
  expect(await readAll(fork)).toEqual(ALL)
  expect(await (await (await fork.get('a'))._files?.note?.file())?.text()).toBe('hello')
}

describe('a fork of a database that may only be read', () => {
  it('is there when it is made, also for who had its name open before', async () => {
    const { space, open } = await readable()
    const db = open(space, 3)
    const early = createTestDatabase({ name: 'mine', storage: space, seed: 4 })
    expect(await readAll(early)).toEqual({})
    const fork = await db.fork('mine')
    await expectFork(fork)
    await early.put({ _id: 'd', n: 4 })
    expect(await readAll(fork)).toEqual({ ...ALL, d: 4 })
    await expect(db.fork('mine')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await Promise.all([db.close(), early.close(), fork.close()])
  })

  it('is whole or absent, wherever who makes it is killed, and nothing is left of what was begun', async () => {
    for (let calls = 0; ; calls += STRIDE) {
      const { space, open } = await readable()
      const before = (await space.list()).length
      const dying = new DyingSpace(space)
      const one = open(dying, 3)
      await readAll(one)
      dying.dieAfter(calls, calls % (2 * STRIDE) === 0 ? 'before' : 'after')
      const fork = await one.fork('mine').catch(() => undefined)
      await Promise.allSettled([one.close(), fork?.close()])
      const isMade = (await listDatabases({ storage: space })).includes('mine')
      const db = open(space, 4)
      const mine = isMade ? createTestDatabase({ name: 'mine', storage: space }) : await db.fork('mine')
      await expectFork(mine)
      expect(await space.list()).toHaveLength(before + 1)
      await Promise.all([db.close(), mine.close()])
      await deleteDatabase('mine', { storage: space })
      expect(await space.list()).toHaveLength(before)
      if (!dying.isDead) return
    }
  })

  it('that was begun and not made goes with `deleteDatabase`', async () => {
    const { space, open } = await readable()
    const before = (await space.list()).length
    const dying = new DyingSpace(space)
    const one = open(dying, 3)
    await readAll(one)
    for (let calls = 10; (await space.list()).length === before; calls += 1) {
      dying.dieAfter(calls, 'before')
      await expect(one.fork('mine')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    }
    await one.close().catch(() => undefined)
    await deleteDatabase('mine', { storage: space })
    expect(await space.list()).toHaveLength(before)
  })
})
