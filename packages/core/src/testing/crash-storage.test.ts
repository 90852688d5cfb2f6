import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import { CrashStorage } from './crash-storage.js'

const one = new Uint8Array([1])

describe('CrashStorage', () => {
  it('counts batches and passes everything on until it crashes', async () => {
    const storage = new CrashStorage(await createMemorySpace().open('db'))
    await storage.batch([['a', one]], [])
    await storage.batch([['b', one]], ['a'])
    expect(await storage.list('')).toEqual(['b'])
    expect([storage.operations, storage.hasCrashed]).toEqual([2, false])
  })

  it.each([
    ['before', ['a']],
    ['after', ['a', 'b']],
  ] as const)('a crash %s a batch leaves the keys %j and everything later fails', async (when, left) => {
    const space = createMemorySpace()
    const storage = new CrashStorage(await space.open('db'), { at: 2, when })
    await storage.batch([['a', one]], [])
    await expect(storage.batch([['b', one]], [])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await expect(storage.batch([['c', one]], [])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await (await space.open('db')).list('')).toEqual(left)
  })

  it('a batch that was under way at the crash is not acknowledged', async () => {
    const space = createMemorySpace()
    const storage = new CrashStorage(await space.open('db'), { at: 2 })
    const results = await Promise.allSettled([
      storage.batch([['a', one]], []),
      storage.batch([['b', one]], []),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await (await space.open('db')).list('')).toEqual(['a'])
  })

  it('counts reads too when asked', async () => {
    const storage = new CrashStorage(await createMemorySpace().open('db'), { at: 2, counts: 'all' })
    expect(await storage.get('a')).toBeUndefined()
    await expect(storage.list('')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(storage.hasCrashed).toBe(true)
  })
})
