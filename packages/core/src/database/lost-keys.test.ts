import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import { createTestDatabase } from '../testing/create-test-database.js'

describe('a place that has data and has lost its keys', () => {
  it('opens no database and makes no key, whatever the name', async () => {
    const storage = createMemorySpace()
    const before = createTestDatabase({ storage })
    await before.put({ _id: 'a' })
    await before.close()
    await storage.remove('keys')

    for (const name of ['test', 'other']) {
      const db = createTestDatabase({ storage, name })
      await expect(db.find('a')).rejects.toMatchObject({ code: 'KEY_MISSING' })
      await expect(db.put({ _id: 'b' })).rejects.toMatchObject({ code: 'KEY_MISSING' })
      await db.close()
    }
    const keys = await storage.open('keys')
    expect(await keys.list('')).toEqual([])
  })
})
