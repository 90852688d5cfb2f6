import { describe, expect, it } from 'vitest'
import { createFileSpace } from '../file-storage.js'
import { SimulatedClock } from '../fixtures/simulated-clock.js'
import { failure, SimulatedDisk } from '../fixtures/simulated-disk.js'
import { SimulatedProcesses } from '../fixtures/simulated-processes.js'
import type { Storage } from '../storage.js'

const LOGS = '/d/db/logs'
const VALUES = '/d/db/values'
const ERASE = { erase: true } as const
/** Marks values that must go; nothing else on the disk has these bytes. */
const SECRET = Uint8Array.from({ length: 24 }, (_, at) => 160 + at)
const LARGE = 70_000

class Bench {
  disk = new SimulatedDisk()
  readonly clock = new SimulatedClock()
  processes = new SimulatedProcesses()

  async start(reserve = 0): Promise<{ storage: Storage; kill: () => void }> {
    const fileSystem = this.disk.connect()
    const processes = this.processes.start()
    const { clock } = this
    const kill = (): void => {
      fileSystem.kill()
      this.processes.end(processes)
    }
    const space = createFileSpace({ dir: '/d', fileSystem, processes, clock, reserve, patience: 500 })
    return { storage: await space.open('db'), kill }
  }

  async open(): Promise<Storage> {
    return (await this.start()).storage
  }

  /** Of what is not durable every other piece stays. */
  failPower(): void {
    let picks = 0
    this.disk = this.disk.afterPowerFailure(() => picks++ % 2)
    this.processes = new SimulatedProcesses('next boot')
  }

  /** The files that hold the secret. */
  leaks(disk = this.disk): string[] {
    const folders = ['/d/db', LOGS, VALUES, '/d/db/lock']
    const files = folders.flatMap(folder =>
      [...disk.files(folder)].map(([name, { bytes }]) => ({ name, bytes })),
    )
    return files
      .filter(({ bytes }) => Buffer.from(bytes).includes(Buffer.from(SECRET)))
      .map(({ name }) => name)
  }
}

function secret(size = SECRET.length): Uint8Array {
  const value = new Uint8Array(size)
  value.set(SECRET, size - SECRET.length)
  return value
}

describe('erasing in files', () => {
  it.each([SECRET.length, LARGE])('takes what the batch deletes or replaces, of %i bytes', async size => {
    const bench = new Bench()
    const storage = await bench.open()
    await storage.batch(
      [
        ['gone', secret(size)],
        ['new', secret(size)],
        ['kept', new Uint8Array([1])],
      ],
      [],
    )
    expect(bench.leaks().length).toBeGreaterThan(0)
    await storage.batch([['new', new Uint8Array([2])]], ['gone'], ERASE)
    expect(bench.leaks()).toEqual([])
    for (const holder of [storage, await bench.open()]) {
      expect(await holder.getAll('')).toEqual([
        ['kept', new Uint8Array([1])],
        ['new', new Uint8Array([2])],
      ])
    }
  })

  it('takes what was deleted before, also by sessions that ended or died', async () => {
    const bench = new Bench()
    const ended = await bench.open()
    await ended.batch(
      [
        ['a', secret()],
        ['b', secret(LARGE)],
      ],
      [],
    )
    await ended.close()
    const dead = await bench.start()
    await dead.storage.batch(
      [
        ['c', secret()],
        ['d', secret(LARGE)],
      ],
      ['a'],
    )
    dead.kill()
    const storage = await bench.open()
    await storage.batch([['kept', new Uint8Array([1])]], ['b', 'c', 'd'])
    expect(bench.leaks().length).toBeGreaterThan(0)
    await storage.batch([], [], ERASE)
    expect(bench.leaks()).toEqual([])
    expect(await storage.info()).not.toHaveProperty('unerased')
    expect(await (await bench.open()).list('')).toEqual(['kept'])
  })

  it('takes what a crash left of batches that never were', async () => {
    const bench = new Bench()
    const dead = await bench.start()
    await dead.storage.batch([['kept', new Uint8Array([1])]], [])
    bench.disk.intrude = (operation, path) => {
      if (operation === 'rename' && path.startsWith(VALUES)) dead.kill()
    }
    await dead.storage.batch([['large', secret(LARGE)]], []).catch(() => {})
    const torn = await bench.start()
    bench.disk.intrude = (operation, path) => {
      if (operation === 'write' && path.startsWith(LOGS)) torn.kill()
    }
    await torn.storage
      .batch([['small', Uint8Array.from([...SECRET, ...new Uint8Array(900)])]], [])
      .catch(() => {})
    bench.disk.intrude = () => {}
    expect(bench.leaks().length).toBe(2)
    const storage = await bench.open()
    await storage.batch([], [], ERASE)
    expect(bench.leaks()).toEqual([])
    expect(await storage.list('')).toEqual(['kept'])
  })

  it('takes both copies where a sync failed', async () => {
    const bench = new Bench()
    const storage = await bench.open()
    bench.disk.intrude = (operation, path) => {
      if (operation !== 'sync') return
      bench.disk.intrude = () => {}
      throw failure('EIO', path)
    }
    await storage.batch([['a', secret()]], [])
    expect(bench.leaks().length).toBe(2)
    await storage.batch([], ['a'], ERASE)
    expect(bench.leaks()).toEqual([])
  })

  it('is not undone by a power failure', async () => {
    const bench = new Bench()
    const storage = await bench.open()
    await storage.batch(
      [
        ['a', secret()],
        ['b', secret(LARGE)],
        ['kept', new Uint8Array([1])],
      ],
      [],
    )
    await storage.batch([], ['a', 'b'], ERASE)
    expect(bench.leaks(bench.disk.afterPowerFailure(() => 0))).toEqual([])
    expect(bench.leaks(bench.disk.afterPowerFailure(() => 1))).toEqual([])
  })

  it('writes nothing anew where there is nothing to erase', async () => {
    const bench = new Bench()
    const storage = await bench.open()
    await storage.batch([['a', secret()]], [])
    const names = [...bench.disk.files(LOGS).keys()]
    await storage.batch([['b', new Uint8Array(LARGE)]], [], ERASE)
    await storage.batch([], ['b'], ERASE)
    expect([...bench.disk.files(LOGS).keys()]).toEqual(names)
    expect([...bench.disk.files(VALUES).keys()]).toEqual([])
  })
})

describe('erasing what lies in the log of a session that runs', () => {
  async function prepare() {
    const bench = new Bench()
    const { storage: other, kill } = await bench.start()
    await other.batch(
      [
        ['a', secret()],
        ['other', new Uint8Array([1])],
      ],
      [],
    )
    const eraser = await bench.open()
    await eraser.batch([['mine', new Uint8Array([2])]], ['a'], ERASE)
    expect(bench.leaks().length).toBe(1)
    expect(await eraser.info()).toMatchObject({ unerased: true })
    return { bench, other, kill, eraser }
  }

  async function expectErased(bench: Bench, keys: string[]): Promise<void> {
    expect(bench.leaks()).toEqual([])
    const reader = await bench.open()
    expect(await reader.info()).not.toHaveProperty('unerased')
    expect(await reader.list('')).toEqual(keys)
    expect([...bench.disk.files(LOGS).keys()].filter(name => name.endsWith('.erase'))).toEqual([])
  }

  it('happens with the next batch of that session', async () => {
    const { bench, other } = await prepare()
    await other.batch([['next', new Uint8Array([3])]], [])
    await expectErased(bench, ['mine', 'next', 'other'])
  })

  it('happens when that session closes', async () => {
    const { bench, other } = await prepare()
    await other.close()
    await expectErased(bench, ['mine', 'other'])
  })

  it('happens with the next batch of anybody once that session died', async () => {
    const { bench, eraser, kill } = await prepare()
    kill()
    await eraser.close()
    await (await bench.open()).batch([['next', new Uint8Array([3])]], [])
    await expectErased(bench, ['mine', 'next', 'other'])
  })

  it('asks nobody in turn, so that two sessions that write do not rewrite their logs for ever', async () => {
    const { bench, other, eraser } = await prepare()
    await other.batch([['next', new Uint8Array([3])]], [])
    const creates: string[] = []
    bench.disk.intrude = (operation, path) => {
      if (operation === 'create' && path.startsWith(LOGS)) creates.push(path)
    }
    for (let round = 0; round < 5; round += 1) {
      await eraser.batch([['mine', new Uint8Array([round])]], [])
      bench.clock.pass(100)
      await other.batch([['next', new Uint8Array([round])]], [])
      bench.clock.pass(100)
    }
    expect(creates).toEqual([])
  })
})

describe('an erasing batch', () => {
  it('does not harm a large value that somebody is about to name', async () => {
    const bench = new Bench()
    const [writer, eraser] = [await bench.open(), await bench.open()]
    await eraser.batch([['a', secret()]], [])
    for (const step of ['sync', 'rename', 'syncFolder']) {
      let erased: Promise<void> | undefined
      bench.disk.intrude = (operation, path) => {
        if (operation !== step || !path.startsWith(VALUES) || erased !== undefined) return
        erased = eraser.batch([], ['a'], ERASE)
      }
      await writer.batch(
        [
          [step, new Uint8Array(LARGE).fill(7)],
          ['second', new Uint8Array(LARGE)],
        ],
        [],
      )
      await erased
      bench.disk.intrude = () => {}
      expect(erased).toBeDefined()
      expect((await (await bench.open()).get(step))?.at(-1)).toBe(7)
      expect((await writer.get('second'))?.length).toBe(LARGE)
    }
  })

  it('does not harm a large value that somebody is writing', async () => {
    const bench = new Bench()
    const storage = await bench.open()
    bench.disk.intrude = (operation, path) => {
      if (operation !== 'rename' || !path.startsWith(VALUES)) return
      bench.disk.intrude = () => {}
      bench.disk.files(VALUES).clear()
    }
    await storage.batch([['a', new Uint8Array(LARGE)]], [])
    expect((await storage.get('a'))?.length).toBe(LARGE)
    expect(bench.disk.files(VALUES).size).toBe(1)
  })

  it('that cannot erase says so, stands, and can be followed by another', async () => {
    const bench = new Bench()
    const storage = await bench.open()
    await storage.batch([['a', secret()]], [])
    bench.disk.intrude = (operation, path) => {
      if (operation === 'remove' && path.startsWith(LOGS)) throw failure('EIO', path)
    }
    const write = storage.batch([['b', new Uint8Array(LARGE)]], ['a'], ERASE)
    await expect(write).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { written: true } })
    bench.disk.intrude = () => {}
    expect(await storage.list('')).toEqual(['b'])
    expect((await storage.get('b'))?.length).toBe(LARGE)
    await storage.batch([], [], ERASE)
    expect(bench.leaks()).toEqual([])
    expect(await (await bench.open()).list('')).toEqual(['b'])
  })

  it('may use the room held back for what it keeps', async () => {
    const bench = new Bench()
    const { storage } = await bench.start(5_000)
    await storage.batch(
      [
        ['a', secret()],
        ['kept', new Uint8Array(4_000)],
      ],
      [],
    )
    bench.disk.capacity = bench.disk.usage() + 200
    await storage.batch([], ['a'], ERASE)
    expect(bench.leaks()).toEqual([])
    expect(await storage.list('')).toEqual(['kept'])
  })

  it.each(['process', 'power'])(
    'survives a crash of the %s at every operation: whole or absent',
    async what => {
      for (let at = 1; ; at += 1) {
        const bench = new Bench()
        const { storage, kill } = await bench.start()
        const secrets = [
          ['a', secret()],
          ['b', secret(LARGE)],
        ] as const
        await storage.batch([...secrets, ['kept', new Uint8Array([1])]], [])
        const end = bench.disk.operations + at
        bench.disk.intrude = () => {
          if (bench.disk.operations >= end) kill()
        }
        const puts = [
          ['new', new Uint8Array(LARGE)],
          ['kept', new Uint8Array([2])],
        ] as const
        const write = storage.batch(puts, ['a', 'b'], ERASE)
        const isAcknowledged = await write.then(
          () => true,
          () => false,
        )
        if (isAcknowledged) return
        bench.disk.intrude = () => {}
        if (what === 'power') bench.failPower()
        const next = await bench.open()
        const entries = (await next.getAll('')).map(([key, value]) => [key, value[0], value.length])
        const before = [
          ['a', 160, 24],
          ['b', 0, LARGE],
          ['kept', 1, 1],
        ]
        const after = [
          ['kept', 2, 1],
          ['new', 0, LARGE],
        ]
        expect([before, after]).toContainEqual(entries)
        await next.batch([], ['a', 'b'], ERASE)
        expect(bench.leaks()).toEqual([])
      }
    },
  )
})
