import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import type { Database } from '../database.js'
import type { AnyDocument, Clock } from '../document-types.js'
import { storedKeys } from '../fixtures/stored-keys.js'

/** Opens a database, and looks at how many file packs it has. */
function open() {
  const space = createMemorySpace()
  const db: Database<AnyDocument> = createTestDatabase({ storage: space })
  const packs = async () => (await storedKeys(space, 'file-pack/')).length
  const segments = async () => (await storedKeys(space, 'file/')).length
  return { space, db, packs, segments }
}

const blob = (text: string) => new Blob([text])

async function textOf(db: Database<AnyDocument>, id: string, asOf?: Clock): Promise<string> {
  const doc = await db.get(id, asOf && { asOf })
  const file = await doc._files?.f?.file()
  return (await file?.text()) ?? 'no file'
}

describe.each([
  ['recent commits', async () => undefined],
  ['a snapshot', async (db: Database<AnyDocument>) => void (await db.compact())],
])('the space of files, in %s,', (_, fold) => {
  it('is freed by a prune that erases all versions which name them', async () => {
    const { db, packs, segments } = open()
    await db.put({ _id: 'a', _files: { f: blob('first') } })
    const second = await db.put({ _id: 'a', _files: { f: blob('second') } })
    await fold(db)
    const { clock } = await db.put({ _id: 'a', _files: { f: blob('third') } })
    expect(await packs()).toBe(3)
    await db.prune({ before: second.clock })
    expect([await packs(), await segments()]).toEqual([2, 2])
    expect(await textOf(db, 'a', second.clock)).toBe('second')
    await db.prune({ before: clock })
    expect([await packs(), await segments()]).toEqual([1, 1])
    expect(await textOf(db, 'a')).toBe('third')
    await db.close()
  })

  it('is kept while any version names them', async () => {
    const { db, packs } = open()
    const first = await db.put({ _id: 'a', n: 1, _files: { f: blob('kept') } })
    const doc = await db.get('a')
    await db.put({ ...doc, n: 2 })
    await fold(db)
    await db.put({ _id: 'b', _files: { ...doc._files } })
    const { clock } = await db.put({ _id: 'a', n: 3 })
    await db.prune({ before: clock })
    await expect(db.get('a', { asOf: first.clock })).rejects.toMatchObject({ code: 'PRUNED' })
    expect(await packs()).toBe(1)
    expect(await textOf(db, 'b')).toBe('kept')
    const last = await db.put({ _id: 'b' })
    await db.prune({ before: last.clock })
    expect(await packs()).toBe(0)
    await db.close()
  })

  it('is freed by a purge, and nothing of them is left', async () => {
    const { space, db, packs, segments } = open()
    await db.put({ _id: 'a', _files: { f: blob('secret') } })
    await db.put({ _id: 'b', _files: { f: blob('other') } })
    const [key] = await storedKeys(space, 'file/')
    await fold(db)
    await db.purge('a')
    expect([await packs(), await segments()]).toEqual([1, 1])
    expect(await storedKeys(space, 'file/')).not.toContain(key)
    expect(await textOf(db, 'b')).toBe('other')
    await db.close()
  })

  it('is kept while a fork names them', async () => {
    const { db, packs } = open()
    await db.put({ _id: 'a', _files: { f: blob('shared') } })
    const fork = await db.fork('copy')
    await fold(db)
    await db.purge('a')
    expect(await packs()).toBe(1)
    expect(await textOf(fork, 'a')).toBe('shared')
    await fork.purge('a')
    expect(await packs()).toBe(0)
    await fork.close()
    await db.close()
  })
})
