import { describe, expect, it } from 'vitest'
import { MemoryRemote } from '../../remotes/memory-remote.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { FileDevice } from '../../sync/fixtures/file-device.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import { openReplica } from '../../testing/fixtures/open-replica.js'
import { storedKeys } from '../fixtures/stored-keys.js'

const KEY = new Uint8Array(32).fill(6)

describe('an attachment that was read before', () => {
  it('is put again without being stored again when the database was closed and opened', async () => {
    const space = createMemorySpace()
    const before = createTestDatabase({ storage: space })
    await before.put({ _id: 'a', _files: { f: new Blob(['content']) } })
    const doc = await before.get('a')
    await before.close()
    const after = createTestDatabase({ storage: space, seed: 2 })
    await after.put({ ...doc, n: 2 })
    expect(await storedKeys(space, 'file-pack/')).toHaveLength(1)
    const again = await after.get('a')
    expect(await (await again._files?.f?.file())?.text()).toBe('content')
    await after.close()
  })

  it('is stored anew in another storage, also of the same lineage', async () => {
    const [a, b] = [1, 2].map(seed => openReplica({ space: createMemorySpace(), seed, key: KEY }))
    if (a === undefined || b === undefined) throw new Error('two replicas')
    await a.put({ _id: 'a', _files: { f: new Blob(['content']) } })
    await b.put({ _id: 'first' })
    await b.put({ _id: 'b', _files: { f: (await a.get('a'))._files?.f as never } })
    await a.close()
    const doc = await b.get('b')
    expect(await (await doc._files?.f?.file())?.text()).toBe('content')
    await b.close()
  })

  it('is CLOSED when the database is', async () => {
    const remote = new MemoryRemote()
    const [a, b] = [new FileDevice(remote, 1), new FileDevice(remote, 2)]
    await a.put('doc', { f: new Blob(['content']) })
    await a.synced()
    await b.synced()
    const files = [await a.file('doc', 'f'), await b.file('doc', 'f')]
    await Promise.all([a.db.close(), b.db.close()])
    for (const file of files) await expect(file.file()).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('is let go by the one who cancels its stream, without waiting for what is under way', async () => {
    const remote = new MemoryRemote()
    const [a, b] = [new FileDevice(remote, 1), new FileDevice(remote, 2)]
    await a.put('doc', { f: new Blob(['content']) })
    await a.synced()
    await b.synced()
    const file = await b.file('doc', 'f')
    let go: (bytes: Uint8Array | undefined) => void = () => undefined
    const isAsked = new Promise<void>(resolve => {
      b.traffic.tamper = bytes => {
        resolve()
        return new Promise(answer => {
          go = () => answer(bytes)
        }) as never
      }
    })
    const reader = file.stream().getReader()
    const read = reader.read()
    await isAsked
    await reader.cancel()
    expect(await read).toEqual({ done: true, value: undefined })
    go(undefined)
    await Promise.all([a.db.close(), b.db.close()])
  })
})
