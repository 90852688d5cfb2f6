import { describe, expect, it } from 'vitest'
import type { CID } from '../../codec/cid.js'
import { toBase32 } from '../../primitives/bytes.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import { engineOf } from '../engine-of.js'
import { storedKeys } from '../fixtures/forks.js'

async function contentOf(db: Database<AnyDocument>, id: string): Promise<string> {
  const file = await (await db.get(id))._files?.note?.file()
  return (await file?.text()) ?? ''
}

async function filePacks(space: ReturnType<typeof createMemorySpace>): Promise<number> {
  return (await storedKeys(space)).filter(key => key.startsWith('file-pack/')).length
}

describe('attachments of databases that share a storage', () => {
  it('are stored once, and stay as long as one of them names them', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ name: 'base', storage: space })
    await db.put({ _id: 'a', _files: { note: new Blob(['first']) } })
    await db.compact()
    const fork = await db.fork('draft')
    expect(await filePacks(space)).toBe(1)
    await db.put({ _id: 'a', _files: { note: new Blob(['second']) } })
    await db.prune({ before: await db.clock() })
    expect([await contentOf(db, 'a'), await contentOf(fork, 'a')]).toEqual(['second', 'first'])
    await fork.put({ _id: 'b', _files: { note: new Blob(['of the fork']) } })
    expect(await filePacks(space)).toBe(3)
    await fork.destroy()
    expect(await filePacks(space)).toBe(1)
    expect(await contentOf(db, 'a')).toBe('second')
    await db.close()
  })

  it('come along when documents are picked, also from a database of other secrets', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ name: 'base', storage: space })
    const fork = await db.fork('draft')
    await fork.put({ _id: 'a', _files: { note: new Blob(['hello']) } })
    await db.mergeFrom(fork, { only: ['a'] })
    expect(await contentOf(db, 'a')).toBe('hello')
    expect(await filePacks(space)).toBe(1)
    const other = createTestDatabase({ name: 'other', seed: 2 })
    expect(await other.mergeFrom(db, { only: ['a'] })).toMatchObject({ ids: ['a'] })
    expect(await other.mergeFrom(db, { only: ['a'] })).toMatchObject({ ids: [] })
    expect(await other.diff(db).toArray()).toEqual([])
    await Promise.all([db.destroy(), fork.destroy()])
    expect(await contentOf(other, 'a')).toBe('hello')
    await other.close()
  })

  it('come along with all of a replica in another storage, before the commits that name them', async () => {
    const [one, two] = [createMemorySpace(), createMemorySpace()]
    const db = createTestDatabase({ storage: one })
    await db.put({ _id: 'old', n: 1 })
    const replica = createTestDatabase({ storage: two, key: await db.exportKey(), seed: 2 })
    await replica.mergeFrom(db)
    // More than a segment.
    const large = 'all of it. '.repeat(500_000)
    await db.put({ _id: 'a', _files: { note: new Blob([large]) } })
    await db.put({ _id: 'b', _files: { note: new Blob(['lost']) } })
    await db.put({ _id: 'c', _files: { note: new Blob(['damaged']) } })
    const { packs } = await engineOf(db).files.open()
    const [lost, damaged] = await Promise.all([packOf(db, 'b'), packOf(db, 'c')])
    const [segment] = (await packs.keysOf([damaged])).slice(1)
    const { storage } = await engineOf(db).mustGetStore()
    await storage.batch([[segment as string, new Uint8Array(10)]], await packs.keysOf([lost]))
    expect(await replica.mergeFrom(db)).toMatchObject({ ids: ['a', 'b', 'c'] })
    expect(await filePacks(two)).toBe(1)
    expect(await contentOf(replica, 'a')).toBe(large)
    for (const id of ['b', 'c'])
      await expect(contentOf(replica, id)).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
    const segments = (await storedKeys(two)).filter(key => key.startsWith('file/'))
    expect(segments).toHaveLength(Math.ceil(large.length / 4 / 1024 ** 2))
    await Promise.all([db.close(), replica.close()])
  })

  it('that do not fit bring no commit that names them', async () => {
    const db = createTestDatabase()
    await db.put({ _id: 'a', _files: { note: new Blob(['x'.repeat(300_000)]) } })
    const options = { storage: createMemorySpace({ quota: 100_000, reserve: 1000 }), seed: 2 }
    const replica = createTestDatabase({ ...options, key: await db.exportKey() })
    await expect(replica.mergeFrom(db)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    expect(await replica.clock()).toEqual([])
    await Promise.all([db.close(), replica.close()])
  })
})

/** The name of the pack that holds an attachment. */
async function packOf(db: Database<AnyDocument>, id: string): Promise<string> {
  const view = await engineOf(db).view()
  const entry = await view.entry(id)
  const commit = entry && (await view.findCommit(entry.leaves[0]?.commit as CID))?.commit
  const [digest] = commit?.ops.find(op => op.id === id)?.files ?? []
  return toBase32(digest as Uint8Array)
}
