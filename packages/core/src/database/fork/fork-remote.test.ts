import { describe, expect, it } from 'vitest'
import type { LogAccess, Remote, RemoteLog } from '../../protocol/remote.js'
import { MemoryRemote } from '../../remotes/memory-remote.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import { SwitchableRemote } from '../../testing/switchable-remote.js'
import { listDatabases } from '../firekeep.js'
import { readAll, storedKeys } from '../fixtures/forks.js'

/** Tells when a snapshot was published. */
class PublishingRemote implements Remote {
  readonly id: string
  readonly published: Promise<void>
  readonly #remote: Remote
  readonly #tell: () => void

  constructor(remote: Remote) {
    let tell: () => void = () => undefined
    this.published = new Promise(resolve => {
      tell = resolve
    })
    this.id = remote.id
    this.#remote = remote
    this.#tell = tell
  }

  async open(access: LogAccess): Promise<RemoteLog> {
    const log = await this.#remote.open(access)
    const setPointer: RemoteLog['setPointer'] = async (...input) => {
      const isSet = await log.setPointer(...input)
      if (isSet) this.#tell()
      return isSet
    }
    return new Proxy(log, {
      get(_, verb: keyof RemoteLog) {
        const value = verb === 'setPointer' ? setPointer : log[verb]
        return typeof value === 'function' ? value.bind(log) : value
      },
    })
  }
}

/** A replica that began with a published snapshot and left its packs on the remote. */
async function started() {
  const log = new MemoryRemote()
  const publishing = new PublishingRemote(log)
  const writer = createTestDatabase()
  const docs = Array.from({ length: 300 }, (_, n) => ({ _id: `d${n}`, n, text: `${n} `.repeat(40) }))
  const { clock } = await writer.bulk(docs)
  await writer.put({ _id: 'd0', n: -1 })
  await writer.compact()
  writer.attach(publishing)
  await publishing.published
  const shown = await readAll(writer)
  const key = await writer.exportKey()
  await writer.close()
  const space = createMemorySpace()
  const remote = new SwitchableRemote(log)
  const open = () => createTestDatabase({ storage: space, key, seed: 2 })
  const db = open()
  await db.attach(remote, { prefetch: false }).synced()
  expect(await packs(space)).toEqual([])
  return { db, open, space, remote, clock, shown }
}

async function packs(space: ReturnType<typeof createMemorySpace>): Promise<string[]> {
  return (await storedKeys(space)).filter(key => key.startsWith('pack/'))
}

describe('a fork of a database whose packs lie on a remote', () => {
  it('has them here, and reads without a connection, also at an earlier moment', async () => {
    const { db, space, remote, clock, shown } = await started()
    const now = await db.fork('now')
    const then = await db.fork('then', { asOf: clock })
    remote.switch(false)
    expect(await packs(space)).not.toEqual([])
    expect(await readAll(now)).toEqual(shown)
    expect(await readAll(then)).toEqual({ ...shown, d0: 0 })
    expect((await now.history('d0').toArray()).map(({ doc }) => (doc as { n?: number }).n)).toEqual([-1, 0])
    await Promise.all([db.close(), now.close(), then.close()])
  })

  it('is not begun where they cannot be had, and can be made later', async () => {
    const { db, open, space, remote, shown } = await started()
    const before = await storedKeys(space)
    remote.switch(false)
    await expect(db.fork('draft')).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    await db.close()
    // No remote is attached at all.
    const again = open()
    await expect(again.fork('draft')).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    expect(await listDatabases({ storage: space })).toEqual(['test'])
    expect(await storedKeys(space)).toEqual(before)
    remote.switch(true)
    again.attach(remote, { prefetch: false })
    const fork = await again.fork('draft')
    expect(await readAll(fork)).toEqual(shown)
    await Promise.all([again.close(), fork.close()])
  })
})
