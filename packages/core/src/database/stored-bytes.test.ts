import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { bytesToBinary, utf8ToBytes } from '../primitives/bytes.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageEntry, StorageSpace } from '../storage/storage.js'
import { openRawLog } from '../sync/fixtures/open-raw-log.js'
import { createTestDatabase } from '../testing/create-test-database.js'

/** The entries of the one database in a space. */
async function dataOf(space: StorageSpace): Promise<{ id: string; entries: StorageEntry[] }> {
  const [id] = (await space.list()).filter(each => each !== 'keys')
  const storage = await space.open(id as string)
  const entries = await storage.getAll('')
  await storage.close()
  return { id: id as string, entries }
}

describe('what is stored and sent', () => {
  it('holds no name, id, field, content, content id or hash of it in clear (L8)', async () => {
    const storage = createMemorySpace()
    const remote = new MemoryRemote('planted-remote')
    const db = createTestDatabase({ storage, name: 'planted-name' })
    const { clock } = await db.put({ _id: 'planted-id', 'planted-field': 'planted-content' })
    await db.del('planted-id')
    await db.attach(remote).synced()
    const key = await db.exportKey()
    await db.close()

    const { entries } = await dataOf(storage)
    const packs = await (await openRawLog(remote, key)).packs()
    expect(packs.length).toBe(1)
    const seen = [
      ...entries.flatMap(([key, value]) => [key, bytesToBinary(value)]),
      ...packs.map(bytesToBinary),
    ]
    const commit = CID.parse(clock[0] as string)
    const planted = [
      'planted-name',
      'planted-id',
      'planted-field',
      'planted-content',
      'planted-remote',
      clock[0] as string,
    ]
    const texts = planted.flatMap(text => [text, btoa(text).replace(/=+$/, ''), hex(utf8ToBytes(text))])
    const hashes = [bytesToBinary(commit.multihash.digest), hex(commit.multihash.digest)]
    for (const where of seen) for (const text of [...texts, ...hashes]) expect(where).not.toContain(text)
    expect(entries.length).toBeGreaterThan(1)
    expect(packs).toHaveLength(1)
  })

  it('differs for equal writes of two databases', async () => {
    const spaces = [createMemorySpace(), createMemorySpace()]
    const key = new Uint8Array(32).fill(5)
    for (const [seed, storage] of spaces.entries()) {
      const db = createTestDatabase({ storage, key, seed })
      await db.put({ _id: 'same', text: 'same' })
      await db.close()
    }
    const [a, b] = await Promise.all(spaces.map(dataOf))
    expect(a?.entries[0]?.[0]).not.toBe(b?.entries[0]?.[0])
    expect(a?.entries[0]?.[1]).not.toEqual(b?.entries[0]?.[1])
  })

  it('is CORRUPT when any byte of it changed, never a wrong or a missing document (L7)', async () => {
    const storage = createMemorySpace()
    const db = createTestDatabase({ storage })
    await db.put({ _id: 'a', text: 'kept' })
    await db.close()
    const { id, entries } = await dataOf(storage)
    const [key, value] = entries[0] as StorageEntry
    for (let at = 0; at < value.length; at += 7) {
      const damaged = value.slice()
      damaged[at] = (damaged[at] as number) ^ 1
      await write(storage, id, [key, damaged])
      const opened = createTestDatabase({ storage })
      await expect(opened.find('a')).rejects.toMatchObject({
        code: expect.stringMatching(/^(CORRUPT|WRONG_KEY|UNSUPPORTED_FORMAT)$/),
      })
      await opened.close()
    }
    await write(storage, id, [key, value])
    const repaired = createTestDatabase({ storage })
    expect(await repaired.get('a')).toEqual({ _id: 'a', text: 'kept' })
    await repaired.close()
  })
})

async function write(space: StorageSpace, id: string, entry: StorageEntry): Promise<void> {
  const storage = await space.open(id)
  await storage.batch([entry], [])
  await storage.close()
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
