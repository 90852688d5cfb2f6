import { describe, expect, it } from 'vitest'
import { storageConformance } from '../testing/storage-conformance.js'
import { createMemorySpace } from './memory-storage.js'

storageConformance({ name: 'memory', createSpace: async () => createMemorySpace() }, { describe, expect, it })

describe('memory storage with a quota', () => {
  it('is QUOTA_EXCEEDED, with nothing written, before it reaches the room held back', async () => {
    const space = createMemorySpace({ quota: 100, reserve: 20 })
    const [one, two] = await Promise.all([space.open('one'), space.open('two')])
    await one.batch([['a', new Uint8Array(39)]], [])
    await two.batch([['b', new Uint8Array(39)]], [])
    const over = one.batch([['c', new Uint8Array()]], [], {})
    await expect(over).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    await expect(one.batch([['a', new Uint8Array(40)]], ['x'])).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    })
    expect(await one.get('a')).toHaveLength(39)
    expect(await one.info()).toEqual({ kind: 'memory', persisted: false, usage: 80, quota: 100 })
  })

  it('lets reserve batches use the room held back, and no more', async () => {
    const storage = await createMemorySpace({ quota: 100, reserve: 20 }).open('db')
    await storage.batch([['a', new Uint8Array(79)]], [])
    await storage.batch([['b', new Uint8Array(19)]], [], { reserve: true })
    const over = storage.batch([['c', new Uint8Array()]], [], { reserve: true })
    await expect(over).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    await storage.batch([], ['a', 'b'])
    await storage.batch([['c', new Uint8Array(79)]], [])
  })

  it('holds back 5 % of the quota unless told otherwise, so that a pack can be rewritten', async () => {
    const quota = 6_000_000
    const storage = await createMemorySpace({ quota }).open('db')
    await storage.batch([['pack/1', new Uint8Array(4_194_304)]], [])
    await storage.batch([['fill', new Uint8Array(quota * 0.95 - 4_194_304 - 10)]], [])
    await expect(storage.batch([['x', new Uint8Array()]], [])).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    })
    await storage.batch([['pack/2', new Uint8Array(4_194_304)]], ['pack/1'], { reserve: true })
    await storage.batch([['x', new Uint8Array(290_000)]], [], { reserve: true })
  })

  it('lets a batch shrink what is stored, full or not', async () => {
    const storage = await createMemorySpace({ quota: 100, reserve: 20 }).open('db')
    await storage.batch([['a', new Uint8Array(79)]], [])
    await storage.batch([['b', new Uint8Array(19)]], [], { reserve: true })
    await storage.batch([['a', new Uint8Array(78)]], [])
    expect(await storage.info()).toMatchObject({ usage: 99 })
  })

  it('gets the room of a removed storage back', async () => {
    const space = createMemorySpace({ quota: 100, reserve: 0 })
    await (await space.open('one')).batch([['a', new Uint8Array(99)]], [])
    await space.remove('one')
    await (await space.open('two')).batch([['a', new Uint8Array(99)]], [])
  })
})

describe('memory spaces', () => {
  it('have ids of their own, and share nothing', async () => {
    const [one, two] = [createMemorySpace(), createMemorySpace()]
    expect(one.id).not.toBe(two.id)
    await (await one.open('db')).batch([['a', new Uint8Array(1)]], [])
    expect(await (await two.open('db')).list('')).toEqual([])
  })
})
