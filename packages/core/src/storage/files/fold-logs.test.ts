import { describe, expect, it } from 'vitest'
import { createFileSpace } from '../file-storage.js'
import { SimulatedClock } from '../fixtures/simulated-clock.js'
import { failure, SimulatedDisk } from '../fixtures/simulated-disk.js'
import { SimulatedProcesses } from '../fixtures/simulated-processes.js'
import type { Storage } from '../storage.js'
import type { FileHandle } from './file-system.js'
import { LogReader } from './log-reader.js'
import type { ProcessTable } from './process-table.js'

const LOGS = '/d/db/logs'

class Bench {
  readonly disk = new SimulatedDisk()
  readonly clock = new SimulatedClock()
  readonly processes = new SimulatedProcesses()

  async open(foldAt = { logs: 2, garbage: 1_048_576 }, processes = this.processes.start()): Promise<Storage> {
    return (await this.openToKill(foldAt, processes)).storage
  }

  async openToKill(
    foldAt = { logs: 2, garbage: 1_048_576 },
    processes: ProcessTable = this.processes.start(),
  ): Promise<{ storage: Storage; kill: () => void }> {
    const { clock } = this
    const fileSystem = this.disk.connect()
    const kill = (): void => {
      fileSystem.kill()
      this.processes.end(processes)
    }
    const space = createFileSpace({ dir: '/d', fileSystem, processes, clock, reserve: 0, foldAt })
    return { storage: await space.open('db'), kill }
  }

  logs(): number {
    return this.disk.files(LOGS).size
  }

  /** The numbers of all frames. */
  numbers(): number[] {
    const fs = this.disk.connect()
    return [...this.disk.files(LOGS).keys()].flatMap(name => {
      const log = new LogReader(name, fs.open(`${LOGS}/${name}`) as FileHandle, fs.checksum)
      return log.readNew().map(({ frame }) => frame.seq)
    })
  }

  /** Writes one batch in a session of its own. */
  async session(puts: Record<string, number>, deletes: string[] = []): Promise<void> {
    const storage = await this.open({ logs: 1_000, garbage: 1e9 })
    await storage.batch(toEntries(puts), deletes)
    await storage.close()
  }
}

describe('folding logs', () => {
  it('leaves one log of many whose sessions ended, with the same content', async () => {
    const bench = new Bench()
    for (let session = 0; session < 5; session += 1) {
      await bench.session({ [`k${session}`]: session, same: session }, [`k${session - 2}`])
    }
    expect(bench.logs()).toBe(5)
    const storage = await bench.open()
    await storage.batch(toEntries({ last: 9 }), [])
    expect(bench.logs()).toBe(1)
    const expected = { k3: 3, k4: 4, last: 9, same: 4 }
    expect(await contents(storage)).toEqual(expected)
    expect(await contents(await bench.open())).toEqual(expected)
  })

  it('takes the logs of dead processes and leaves those of living ones alone', async () => {
    const bench = new Bench()
    const alive = await bench.open({ logs: 1_000, garbage: 1e9 })
    await alive.batch(toEntries({ a: 1, b: 1 }), [])
    for (let dead = 0; dead < 3; dead += 1) {
      const { storage, kill } = await bench.openToKill({ logs: 1_000, garbage: 1e9 })
      await storage.batch(toEntries({ [`dead${dead}`]: dead, b: dead }), [])
      kill()
    }
    const living = [...bench.disk.files(LOGS).keys()][0]
    const storage = await bench.open()
    await storage.batch([], ['a'])
    expect([...bench.disk.files(LOGS).keys()]).toContain(living)
    expect(bench.logs()).toBe(2)
    await alive.batch(toEntries({ c: 3 }), [])
    const expected = { b: 2, c: 3, dead0: 0, dead1: 1, dead2: 2 }
    for (const holder of [alive, storage, await bench.open()])
      expect(await contents(holder)).toEqual(expected)
  })

  it('keeps a delete as long as a log that is not folded has the value', async () => {
    const bench = new Bench()
    const alive = await bench.open({ logs: 1_000, garbage: 1e9 })
    await alive.batch(toEntries({ a: 1 }), [])
    await bench.session({}, ['a'])
    for (let session = 0; session < 8; session += 1) {
      const storage = await bench.open({ logs: 0, garbage: 0 })
      await storage.batch(toEntries({ [`k${session}`]: 1 }), [])
      expect(await contents(await bench.open())).not.toHaveProperty('a')
      await storage.close()
    }
    expect(bench.logs()).toBe(2)
  })

  it('gives the room of what was deleted or replaced back', async () => {
    const bench = new Bench()
    const storage = await bench.open({ logs: 16, garbage: 10_000 })
    for (let round = 0; round < 200; round += 1) {
      await storage.batch([['same', new Uint8Array(1_000).fill(round)]], [])
    }
    expect(bench.disk.usage()).toBeLessThan(25_000)
    expect((await storage.get('same'))?.[999]).toBe(199)
  })

  it('goes unnoticed by a reader that saw the logs before, and by one that is reading', async () => {
    const bench = new Bench()
    for (let session = 0; session < 4; session += 1) await bench.session({ [`k${session}`]: session })
    const reader = await bench.open()
    expect(await reader.list('')).toEqual(['k0', 'k1', 'k2', 'k3'])
    const writer = await bench.open()
    await writer.batch([], ['k0'])
    expect(bench.logs()).toBe(1)
    expect(await contents(reader)).toEqual({ k1: 1, k2: 2, k3: 3 })
    // A reader that lists the folder just before the logs are unlinked.
    const late = await bench.open()
    const folding = await bench.open({ logs: 0, garbage: 0 })
    let isDone = false
    let fold: Promise<void> | undefined
    bench.disk.intrude = operation => {
      if (isDone || operation !== 'open') return
      isDone = true
      fold = folding.batch(toEntries({ new: 1 }), [])
    }
    const found = await contents(late)
    await fold
    expect(isDone).toBe(true)
    expect(found).toMatchObject({ k1: 1, k2: 2, k3: 3 })
    expect(await contents(late)).toEqual({ k1: 1, k2: 2, k3: 3, new: 1 })
  })

  it('that fails is put off, and loses nothing in any reader', async () => {
    const bench = new Bench()
    for (let session = 0; session < 4; session += 1) await bench.session({ [`k${session}`]: session })
    const storage = await bench.open()
    const reader = await bench.open()
    const seen: unknown[] = []
    let creates = 0
    bench.disk.intrude = (operation, path) => {
      if (operation === 'create' && path.endsWith('.log')) creates += 1
      if (operation !== 'sync' || creates !== 2) return
      creates += 1
      // The new log is complete and will be discarded: a reader that begins now sees both.
      bench.disk.intrude = () => {}
      seen.push(contents(reader))
      throw failure('EIO', path)
    }
    await storage.batch(toEntries({ last: 9 }), [])
    const expected = { k0: 0, k1: 1, k2: 2, k3: 3, last: 9 }
    expect(await Promise.all(seen)).toEqual([expected])
    expect(bench.logs()).toBe(5)
    for (const holder of [storage, reader, await bench.open()])
      expect(await contents(holder)).toEqual(expected)
  })

  it('carries the highest number on, so that none is given twice', async () => {
    const bench = new Bench()
    await bench.session({ a: 1 })
    await bench.session({ b: 1 })
    await bench.session({}, ['b'])
    for (let fold = 0; fold < 2; fold += 1) {
      const folder = await bench.open({ logs: 0, garbage: 0 })
      await folder.batch([], [])
      await folder.close()
    }
    expect(bench.numbers()).toEqual([1, 5])
  })

  it('tells a reader that slept through several folds what was deleted', async () => {
    const bench = new Bench()
    const sleeper = await bench.open({ logs: 1_000, garbage: 1e9 })
    await bench.session({ a: 1, b: 2 })
    expect(await contents(sleeper)).toEqual({ a: 1, b: 2 })
    await bench.session({}, ['a'])
    for (let fold = 0; fold < 3; fold += 1) {
      const folder = await bench.open({ logs: 0, garbage: 0 })
      await folder.batch([], [])
      await folder.close()
    }
    const logs = [...bench.disk.files(LOGS).values()].map(({ bytes }) => String.fromCharCode(...bytes))
    expect(logs).toEqual([expect.not.stringContaining('\u0001\u0000a')])
    expect(await contents(sleeper)).toEqual({ b: 2 })
  })

  it('removes files of values that nothing names, once they are a day old', async () => {
    const bench = new Bench()
    bench.clock.pass(1_000)
    const storage = await bench.open({ logs: 0, garbage: 0 })
    await storage.batch([['large', new Uint8Array(70_000).fill(5)]], [])
    const values = bench.disk.files('/d/db/values') as Map<string, { bytes: Uint8Array; modified: number }>
    bench.disk.date = 0
    values.set('old.value', { bytes: new Uint8Array(9), modified: 0 })
    values.set('young.new', { bytes: new Uint8Array(9), modified: 86_000_000 })
    for (const file of values.values()) file.modified = Math.min(file.modified, 86_000_000)
    bench.clock.pass(86_400_000)
    await storage.batch(toEntries({ a: 1 }), [])
    expect(values.size).toBe(2)
    expect([...values.keys()]).not.toContain('old.value')
    expect((await storage.get('large'))?.length).toBe(70_000)
  })

  it('survives a crash of the process at every operation', async () => {
    const counting = await prepared()
    await runFold(await counting.bench.openToKill())
    const total = counting.bench.disk.operations
    for (let at = counting.start + 1; at <= total; at += 1) {
      const { bench } = await prepared()
      const folder = await bench.openToKill()
      bench.disk.intrude = () => {
        if (bench.disk.operations >= at) folder.kill()
      }
      const isAcknowledged = await runFold(folder)
      bench.disk.intrude = () => {}
      const found = await contents(await bench.open())
      const before = { k1: 1, k2: 2, k3: 3, same: 3 }
      if (isAcknowledged || 'new' in found) expect(found).toEqual({ k2: 2, k3: 3, new: 7, same: 3 })
      else expect(found).toEqual(before)
    }
  })
})

async function prepared(): Promise<{ bench: Bench; start: number }> {
  const bench = new Bench()
  await bench.session({ k0: 0, same: 0 })
  await bench.session({ k1: 1, same: 1 }, ['k0'])
  await bench.session({ k2: 2, same: 2 })
  await bench.session({ k3: 3, same: 3 })
  return { bench, start: bench.disk.operations }
}

async function runFold({ storage }: { storage: Storage }): Promise<boolean> {
  try {
    await storage.batch(toEntries({ new: 7 }), ['k1'])
    return true
  } catch {
    return false
  }
}

function toEntries(puts: Record<string, number>): [string, Uint8Array][] {
  return Object.entries(puts).map(([key, value]) => [key, new Uint8Array([value])])
}

async function contents(storage: Storage): Promise<Record<string, number>> {
  return Object.fromEntries((await storage.getAll('')).map(([key, value]) => [key, value[0] as number]))
}
