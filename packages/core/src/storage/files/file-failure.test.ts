import { describe, expect, it } from 'vitest'
import { createFileSpace } from '../file-storage.js'
import { failure, SimulatedDisk } from '../fixtures/simulated-disk.js'
import { LOGS, SimulatedMachine } from '../fixtures/simulated-machine.js'
import { uniformContents } from '../fixtures/uniform-contents.js'

describe('damage', () => {
  it('in the middle of a log is CORRUPT, not a missing batch', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    for (let batch = 0; batch < 3; batch += 1) await storage.batch([[`k${batch}`, new Uint8Array(30)]], [])
    const log = [...machine.disk.files(LOGS).values()][0] as { bytes: Uint8Array }
    const damaged = log.bytes.slice()
    const at = damaged.length - 100
    damaged[at] = (damaged[at] as number) ^ 1
    log.bytes = damaged
    const { storage: reader } = await machine.start()
    await expect(reader.get('k0')).rejects.toMatchObject({ code: 'CORRUPT' })
    await expect(reader.get('k0')).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('of a value file is CORRUPT', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    await storage.batch([['large', new Uint8Array(70_000)]], [])
    const values = machine.disk.files('/d/db/values')
    const [name, file] = [...values][0] as [string, { bytes: Uint8Array }]
    file.bytes = file.bytes.slice(0, 69_999)
    await expect(storage.get('large')).rejects.toMatchObject({ code: 'CORRUPT' })
    values.delete(name)
    await expect(storage.get('large')).rejects.toMatchObject({ code: 'CORRUPT' })
    await expect(storage.getAll('')).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('a log of a newer version is UNSUPPORTED_FORMAT', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    await storage.batch([['a', new Uint8Array(1)]], [])
    machine.disk.files(LOGS).set('x.log', { bytes: new TextEncoder().encode('firekeep log 2 {}\n') })
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })
})

describe('a sync that fails', () => {
  it('once: the same frame goes to a new log, and the file that failed is never written or synced again', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    await storage.batch([['a', new Uint8Array([1])]], [])
    const failed = new Set<string>()
    const touched: string[] = []
    machine.disk.intrude = (operation, path) => {
      if (failed.has(path) && ['write', 'sync', 'truncate'].includes(operation)) touched.push(path)
      if (operation !== 'sync' || failed.size > 0) return
      failed.add(path)
      throw failure('EIO', path)
    }
    await storage.batch([['b', new Uint8Array([2])]], ['a'])
    await storage.batch([['c', new Uint8Array([3])]], [])
    expect([...failed]).toEqual([expect.stringMatching(/^\/d\/db\/logs\/\w+\.log$/)])
    expect(touched).toEqual([])
    machine.failPower(() => 0)
    const found = await uniformContents((await machine.start()).storage)
    expect([...found]).toEqual([
      ['b', 2],
      ['c', 3],
    ])
  })

  it('twice: STORAGE_FAILED, reads still answer, and nothing is written any more', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    await storage.batch([['a', new Uint8Array([1])]], [])
    machine.disk.intrude = (operation, path) => {
      if (operation === 'sync') throw failure('EIO', path)
    }
    await expect(storage.batch([['b', new Uint8Array([2])]], [])).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    })
    const writes: string[] = []
    machine.disk.intrude = operation => {
      if (operation === 'write') writes.push(operation)
    }
    await expect(storage.batch([['c', new Uint8Array([3])]], [])).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    })
    expect(writes).toEqual([])
    expect((await uniformContents(storage)).get('a')).toBe(1)
  })

  it('of the folder counts like one of the file', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    let failures = 0
    machine.disk.intrude = (operation, path) => {
      if (operation !== 'syncFolder' || failures > 0) return
      failures += 1
      throw failure('EIO', path)
    }
    await storage.batch([['a', new Uint8Array([1])]], [])
    machine.failPower(() => 0)
    expect((await uniformContents((await machine.start()).storage)).get('a')).toBe(1)
  })
})

describe('a full disk', () => {
  it('is QUOTA_EXCEEDED, leaves nothing of the batch, and the log goes on when there is room', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    await storage.batch([['a', new Uint8Array([1])]], [])
    const log = [...machine.disk.files(LOGS).values()][0]
    const length = log?.bytes.length
    for (const size of [500, 70_000]) {
      machine.disk.capacity = machine.disk.usage() + size / 2
      await expect(storage.batch([['b', new Uint8Array(size)]], [])).rejects.toMatchObject({
        code: 'QUOTA_EXCEEDED',
      })
      expect([...(await uniformContents(storage)).keys()]).toEqual(['a'])
      expect(log?.bytes.length).toBe(length)
      machine.disk.capacity = Number.POSITIVE_INFINITY
    }
    expect([...machine.disk.files('/d/db/values').keys()]).toEqual([])
    await storage.batch([['c', new Uint8Array([1])]], [])
    expect([...(await uniformContents((await machine.start()).storage)).keys()]).toEqual(['a', 'c'])
  })

  it('lets deletes and reserve batches use the room held back, and nobody else', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    await storage.batch(
      [
        ['a', new Uint8Array([1])],
        ['b', new Uint8Array([1])],
      ],
      [],
    )
    machine.disk.capacity = machine.disk.usage()
    await expect(storage.batch([['c', new Uint8Array(10)]], [])).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    })
    await storage.batch([], ['a'])
    await expect(storage.batch([['c', new Uint8Array(1)]], [])).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    })
    await storage.batch([['d', new Uint8Array(1)]], [], { reserve: true })
    expect([...(await uniformContents(storage)).keys()]).toEqual(['b', 'd'])
    machine.disk.capacity = machine.disk.usage() + 1_000
    await storage.batch([['c', new Uint8Array(1)]], [])
    expect(machine.disk.files('/d/db').get('reserve')?.bytes.length).toBe(100)
  })

  it('holds back more the more is stored, and as little as a small disk allows', async () => {
    const reserveOf = async (capacity: number, sizes: readonly number[]): Promise<number | undefined> => {
      const disk = new SimulatedDisk()
      disk.capacity = capacity
      const storage = await createFileSpace({ dir: '/d', fileSystem: disk.connect() }).open('db')
      for (const [index, size] of sizes.entries())
        await storage.batch([[`${index}`, new Uint8Array(size)]], [])
      await storage.close()
      return disk.files('/d/db').get('reserve')?.bytes.length
    }
    expect(await reserveOf(1e12, [1_000])).toBe(262_144)
    expect(await reserveOf(1e12, [1_000, 1_000_000, 1_000])).toBe(2_097_152)
    expect(await reserveOf(2_000_000, [1_000, 200_000])).toBe(100_000)
  })

  it('lets a pack of 4 MiB be rewritten, also where nothing else is stored', async () => {
    const disk = new SimulatedDisk()
    const storage = await createFileSpace({ dir: '/d', fileSystem: disk.connect() }).open('db')
    const pack = (fill: number): Uint8Array => new Uint8Array(4_194_304).fill(fill)
    await storage.batch([['pack/1', pack(1)]], [])
    disk.capacity = disk.usage()
    for (const round of [2, 3]) {
      const record = [`record/${round}`, new Uint8Array(500)] as const
      const gone = [`pack/${round - 1}`, `record/${round - 1}`]
      await storage.batch([[`pack/${round}`, pack(round)], record], gone, { reserve: true, erase: true })
      await expect(storage.batch([['more', new Uint8Array(1)]], [])).rejects.toMatchObject({
        code: 'QUOTA_EXCEEDED',
      })
    }
    expect(await storage.list('')).toEqual(['pack/3', 'record/3'])
    expect((await storage.getRange('pack/3', 4_194_303, 9))?.[0]).toBe(3)
    await storage.close()
  })
})
