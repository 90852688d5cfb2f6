import { describe, expect, it } from 'vitest'
import { hasErrorCode } from '../errors.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { TestDevice } from './fixtures/test-devices.js'

/** A device whose storage is filled up: versions of `old`, then documents until nothing fits any more. */
async function fullDevice(autoCompact: number | false): Promise<{ device: TestDevice; ids: string[] }> {
  const space = createMemorySpace({ quota: 600_000, reserve: 60_000 })
  const device = new TestDevice({ space, autoCompact })
  for (let n = 0; n < 20; n++)
    await device.db.put({ _id: 'old', text: `PLANTED-${n}.`, more: noise(5000 + n) })
  const ids: string[] = []
  for (let size = 8000; size > 10; ) {
    try {
      ids.push((await device.db.put({ text: noise(size) })).id)
    } catch (error) {
      expect(hasErrorCode(error, 'QUOTA_EXCEEDED')).toBe(true)
      size = Math.floor(size / 2)
    }
  }
  return { device, ids }
}

/** Text that does not get smaller. */
function noise(length: number): string {
  let state = length
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    text += state.toString(36)
  }
  return text.slice(0, length)
}

describe.each([
  ['never', false as const],
  ['often', 10],
])('a full storage that is compacted %s', (_, autoCompact) => {
  it('is readable, and del, purge and prune work and make room for writing', async () => {
    const { device, ids } = await fullDevice(autoCompact)
    const { db } = device
    expect(ids.length).toBeGreaterThan(30)
    expect((await db.allDocs()).rows).toHaveLength(ids.length + 1)
    await expect(db.put({ text: noise(8000) })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    await db.del(ids[0] as string)
    expect(await db.has(ids[0] as string)).toBe(false)

    const used = (await db.storageInfo()).usage as number
    await db.prune({ before: await db.clock() })
    expect(await device.find('PLANTED-18.')).toEqual([])
    expect(await db.get('old')).toMatchObject({ text: 'PLANTED-19.' })
    expect((await db.storageInfo()).usage).toBeLessThan(used - 80_000)
    await db.put({ _id: 'new', text: noise(8000) })
    await device.close()
  })

  it('has room again after purging alone', async () => {
    const { device } = await fullDevice(autoCompact)
    const { db } = device
    const used = (await db.storageInfo()).usage as number
    await db.purge('old')
    expect(await device.find('PLANTED')).toEqual([])
    expect((await db.storageInfo()).usage).toBeLessThan(used - 80_000)
    await db.put({ _id: 'new', text: noise(8000) })
    expect(await db.get('new')).toEqual({ _id: 'new', text: noise(8000) })
    await device.close()
  })
})
