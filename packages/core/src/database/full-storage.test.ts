import { describe, expect, it } from 'vitest'
import { hasErrorCode } from '../errors.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { createTestDatabase } from '../testing/create-test-database.js'

describe('a storage that is full', () => {
  it('refuses puts with QUOTA_EXCEEDED, still reads, and still deletes from the room held back', async () => {
    const storage = createMemorySpace({ quota: 200_000, reserve: 20_000 })
    const db = createTestDatabase({ storage })
    const text = 'x'.repeat(5000)
    const stored: string[] = []
    for (;;) {
      try {
        stored.push((await db.put({ text })).id)
      } catch (error) {
        expect(hasErrorCode(error, 'QUOTA_EXCEEDED')).toBe(true)
        break
      }
    }
    expect(stored.length).toBeGreaterThan(10)
    expect((await db.allDocs()).rows).toHaveLength(stored.length)
    await db.del(stored[0] as string)
    expect(await db.has(stored[0] as string)).toBe(false)
    await db.close()

    const again = createTestDatabase({ storage })
    expect((await again.allDocs()).rows).toHaveLength(stored.length - 1)
    await again.close()
  })
})
