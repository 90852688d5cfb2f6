import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFileSpace } from '../file-storage.js'
import { SimulatedClock } from '../fixtures/simulated-clock.js'
import { failure, SimulatedDisk } from '../fixtures/simulated-disk.js'
import { SimulatedProcesses } from '../fixtures/simulated-processes.js'
import type { Storage } from '../storage.js'

const LOGS = '/d/db/logs'

class Machine {
  disk = new SimulatedDisk()
  clock = new SimulatedClock()
  processes = new SimulatedProcesses()
  foldAt = { logs: 16, garbage: 1_048_576 }

  /** A process with the storage open; `kill` ends it as SIGKILL does. */
  async start(): Promise<{ storage: Storage; kill: () => void }> {
    const fileSystem = this.disk.connect()
    const processes = this.processes.start()
    const { clock } = this
    const options = {
      dir: '/d',
      fileSystem,
      processes,
      clock,
      reserve: 100,
      patience: 500,
      foldAt: this.foldAt,
    }
    const space = createFileSpace(options)
    const kill = (): void => {
      fileSystem.kill()
      this.processes.end(processes)
    }
    return { storage: await space.open('db'), kill }
  }

  /** Everybody dies and the disk keeps what it must, and what `pick` chooses. */
  failPower(pick: () => number): void {
    this.disk = this.disk.afterPowerFailure(pick)
    this.clock = new SimulatedClock()
    const before = this.processes
    this.processes = new SimulatedProcesses()
    const start = this.processes.start.bind(this.processes)
    // Another boot: whoever wrote before is gone, whatever his process id.
    this.processes.start = () => {
      const table = start()
      const self = { ...table.self, boot: 'next', pid: table.self.pid + 1_000 }
      return {
        self,
        isGone: owner => owner.boot === 'boot' || before === undefined || table.isGone(owner, true),
      }
    }
  }
}

/** What a script wrote: acknowledged batches, and at most one whose outcome nobody was told. */
class Script {
  readonly acknowledged = new Map<string, number>()
  pending: Map<string, number> | undefined

  async run(storage: Storage, batches: number, large: boolean): Promise<void> {
    for (let batch = 1; batch <= batches; batch += 1) {
      const next = new Map(this.acknowledged)
      next.set(`k${batch}`, batch)
      next.set('counter', batch)
      next.delete(`k${batch - 2}`)
      this.pending = next
      const size = large && batch % 3 === 1 ? 70_000 : 30
      const puts = [`k${batch}`, 'counter'].map(key => [key, new Uint8Array(size).fill(batch)] as const)
      await storage.batch(puts, [`k${batch - 2}`])
      for (const key of [...this.acknowledged.keys()]) this.acknowledged.delete(key)
      for (const [key, value] of next) this.acknowledged.set(key, value)
      this.pending = undefined
    }
  }

  /** All that was acknowledged, and of the rest all or nothing. */
  check(found: Map<string, number>): void {
    const allowed = [this.acknowledged, this.pending].filter(state => state !== undefined).map(toText)
    expect(allowed).toContain(toText(found))
  }
}

describe('a crash', () => {
  it.each([false, true])(
    'of the process at any operation keeps every acknowledged batch (large: %s)',
    async large => {
      const total = await countOperations(large)
      for (let at = 1; at <= total; at += 1) {
        const machine = new Machine()
        const first = await machine.start()
        killAt(machine, at, first.kill)
        const script = new Script()
        await script.run(first.storage, 6, large).catch(() => {})
        machine.disk.intrude = () => {}
        const second = await machine.start()
        script.check(await contents(second.storage))
        // The next process goes on where the dead one stopped.
        await second.storage.batch([['after', new Uint8Array([1])]], [])
        expect((await contents((await machine.start()).storage)).get('after')).toBe(1)
      }
    },
  )

  it('of the power at any operation keeps every acknowledged batch', async () => {
    const total = await countOperations(true)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: total }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (at, picks) => {
          const machine = new Machine()
          const first = await machine.start()
          killAt(machine, at, first.kill)
          const script = new Script()
          await script.run(first.storage, 6, true).catch(() => {})
          machine.failPower(() => picks.next().value as number)
          const second = await machine.start()
          script.check(await contents(second.storage))
          await second.storage.batch([['after', new Uint8Array([1])]], [])
          expect((await contents((await machine.start()).storage)).get('after')).toBe(1)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('that tears the last frame at any byte takes that batch only, and no other session', async () => {
    const machine = new Machine()
    const one = await machine.start()
    await one.storage.batch([['one', new Uint8Array([1])]], [])
    await one.storage.batch([['torn', new Uint8Array(20).fill(7)]], [])
    const log = [...machine.disk.files(LOGS).values()][0] as { bytes: Uint8Array }
    const whole = log.bytes
    const before = whole.length - (8 + 17 + 2 + 4 + 1 + 4 + 20)
    one.kill()
    const two = await machine.start()
    await two.storage.batch([['two', new Uint8Array([2])]], [])
    for (let length = before; length < whole.length; length += 1) {
      log.bytes = whole.slice(0, length)
      expect([...(await contents((await machine.start()).storage)).keys()]).toEqual(['one', 'two'])
      // The same bytes, but the disk had room for them before it lost what was in them.
      log.bytes = Uint8Array.from({ length: whole.length }, (_, at) =>
        at < length ? (whole[at] as number) : 0,
      )
      expect([...(await contents((await machine.start()).storage)).keys()]).toEqual(['one', 'two'])
    }
  })
})

describe('damage', () => {
  it('in the middle of a log is CORRUPT, not a missing batch', async () => {
    const machine = new Machine()
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
    const machine = new Machine()
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
    const machine = new Machine()
    const { storage } = await machine.start()
    await storage.batch([['a', new Uint8Array(1)]], [])
    machine.disk.files(LOGS).set('x.log', { bytes: new TextEncoder().encode('firekeep log 2 {}\n') })
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })
})

describe('a sync that fails', () => {
  it('once: the same frame goes to a new log, and the file that failed is never written or synced again', async () => {
    const machine = new Machine()
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
    const found = await contents((await machine.start()).storage)
    expect([...found]).toEqual([
      ['b', 2],
      ['c', 3],
    ])
  })

  it('twice: STORAGE_FAILED, reads still answer, and nothing is written any more', async () => {
    const machine = new Machine()
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
    expect((await contents(storage)).get('a')).toBe(1)
  })

  it('of the folder counts like one of the file', async () => {
    const machine = new Machine()
    const { storage } = await machine.start()
    let failures = 0
    machine.disk.intrude = (operation, path) => {
      if (operation !== 'syncFolder' || failures > 0) return
      failures += 1
      throw failure('EIO', path)
    }
    await storage.batch([['a', new Uint8Array([1])]], [])
    machine.failPower(() => 0)
    expect((await contents((await machine.start()).storage)).get('a')).toBe(1)
  })
})

describe('a full disk', () => {
  it('is QUOTA_EXCEEDED, leaves nothing of the batch, and the log goes on when there is room', async () => {
    const machine = new Machine()
    const { storage } = await machine.start()
    await storage.batch([['a', new Uint8Array([1])]], [])
    const log = [...machine.disk.files(LOGS).values()][0]
    const length = log?.bytes.length
    for (const size of [500, 70_000]) {
      machine.disk.capacity = machine.disk.usage() + size / 2
      await expect(storage.batch([['b', new Uint8Array(size)]], [])).rejects.toMatchObject({
        code: 'QUOTA_EXCEEDED',
      })
      expect([...(await contents(storage)).keys()]).toEqual(['a'])
      expect(log?.bytes.length).toBe(length)
      machine.disk.capacity = Number.POSITIVE_INFINITY
    }
    expect([...machine.disk.files('/d/db/values').keys()]).toEqual([])
    await storage.batch([['c', new Uint8Array([1])]], [])
    expect([...(await contents((await machine.start()).storage)).keys()]).toEqual(['a', 'c'])
  })

  it('lets deletes and reserve batches use the room held back, and nobody else', async () => {
    const machine = new Machine()
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
    expect([...(await contents(storage)).keys()]).toEqual(['b', 'd'])
    machine.disk.capacity = machine.disk.usage() + 1_000
    await storage.batch([['c', new Uint8Array(1)]], [])
    expect(machine.disk.files('/d/db').get('reserve')?.bytes.length).toBe(100)
  })
})

async function countOperations(large: boolean): Promise<number> {
  const machine = new Machine()
  const { storage } = await machine.start()
  await new Script().run(storage, 6, large)
  return machine.disk.operations
}

function killAt(machine: Machine, at: number, kill: () => void): void {
  machine.disk.intrude = () => {
    if (machine.disk.operations >= at) kill()
  }
}

/** Each value by its first byte; all of its bytes must be the same. */
async function contents(storage: Storage): Promise<Map<string, number>> {
  const entries = await storage.getAll('')
  for (const [, value] of entries) {
    const expected = new Uint8Array(value.length).fill(value[0] as number)
    expect(Buffer.compare(value, expected)).toBe(0)
  }
  return new Map(entries.map(([key, value]) => [key, value[0] as number]))
}

function toText(state: Map<string, number>): string {
  return JSON.stringify([...state].sort(([a], [b]) => (a < b ? -1 : 1)))
}
