import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { createFileSpace } from '../file-storage.js'
import { SimulatedClock } from '../fixtures/simulated-clock.js'
import { SimulatedDisk } from '../fixtures/simulated-disk.js'
import { SimulatedProcesses } from '../fixtures/simulated-processes.js'
import type { Storage } from '../storage.js'
import type { FileHandle } from './file-system.js'
import { LogReader } from './log-reader.js'

const PROCESSES = 4
const BATCHES = 6

/**
 * Processes that interrupt each other between any two calls of the file system: whenever one makes a call, the
 * next of the choices says whether another one does its next step first.
 */
class Interleaving {
  readonly disk = new SimulatedDisk()
  readonly acknowledged = new Map<string, number>()
  readonly #choices: Iterator<number>
  readonly #storages: Storage[] = []
  readonly #idle = new Set<number>()
  readonly #left: number[] = []
  readonly #work: Promise<unknown>[] = []
  #depth = 0

  constructor(choices: Iterator<number>) {
    this.#choices = choices
  }

  async run(foldAt: { logs: number; garbage: number }): Promise<void> {
    const clock = new SimulatedClock()
    const processes = new SimulatedProcesses()
    for (let index = 0; index < PROCESSES; index += 1) {
      const platform = { fileSystem: this.disk.connect(), processes: processes.start(), clock }
      const space = createFileSpace({ dir: '/d', reserve: 0, patience: 60_000, foldAt, ...platform })
      this.#storages.push(await space.open('db'))
      this.#left.push(BATCHES)
      this.#idle.add(index)
    }
    this.disk.intrude = () => this.#interrupt()
    for (let index = 0; index < PROCESSES; index += 1) this.#start(index)
    while (this.#work.length > 0) await this.#work.shift()
    this.disk.intrude = () => {}
  }

  async close(): Promise<void> {
    await Promise.all(this.#storages.map(storage => storage.close()))
  }

  #interrupt(): void {
    if (this.#depth >= 3) return
    const choice = this.#choices.next().value as number
    this.#depth += 1
    this.#start(choice)
    this.#depth -= 1
  }

  #start(index: number): void {
    if (!this.#idle.delete(index)) return
    this.#work.push(this.#step(index))
  }

  async #step(index: number): Promise<void> {
    const left = this.#left[index] as number
    this.#left[index] = left - 1
    if (left === 0) return
    const storage = this.#storages[index] as Storage
    const key = `${index}/${left}`
    const value = new Uint8Array(left === 2 ? 70_000 : 1).fill(left)
    const before = new Map(this.acknowledged)
    await storage.batch(
      [
        [key, value],
        ['same', value],
      ],
      [`${index}/${left + 2}`],
      left % 3 === 0 ? { erase: true } : {},
    )
    this.acknowledged.set(key, left)
    this.acknowledged.delete(`${index}/${left + 2}`)
    // A read sees whatever was acknowledged before it was called.
    const keys = await storage.list('')
    for (const known of before.keys()) if (this.acknowledged.has(known)) expect(keys).toContain(known)
    this.#idle.add(index)
    this.#start(index)
  }
}

describe('processes that interrupt each other between any two calls of the file system', () => {
  it.each([
    { logs: 16, garbage: 1_000_000 },
    { logs: 1, garbage: 50 },
  ])('lose no acknowledged batch and give no number twice, folding at %j', async foldAt => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(40)), async choices => {
        const run = new Interleaving(choices)
        await run.run(foldAt)
        const reader = await createFileSpace({ dir: '/d', fileSystem: run.disk.connect() }).open('db')
        const found = (await reader.getAll('')).filter(([key]) => key !== 'same')
        expect(found.map(([key, value]) => [key, value[0]])).toEqual([...run.acknowledged].sort(byKey))
        await run.close()
        await expectErased(run.disk)
        expectOneFramePerNumber(run.disk)
      }),
      { numRuns: runs(25) },
    )
  })
})

/** Once everybody closed, one more erasing batch leaves one log with one value per key, and their files. */
async function expectErased(disk: SimulatedDisk): Promise<void> {
  const processes = new SimulatedProcesses().start()
  const last = await createFileSpace({ dir: '/d', fileSystem: disk.connect(), processes, reserve: 0 }).open(
    'db',
  )
  await last.batch([], [], { erase: true })
  const entries = await last.getAll('')
  const large = entries.filter(([, value]) => value.length > 65_536)
  expect(disk.files('/d/db/values').size).toBe(large.length)
  const fs = disk.connect()
  const logs = (fs.list('/d/db/logs') ?? []).map(
    name => new LogReader(name, fs.open(`/d/db/logs/${name}`) as FileHandle, fs.checksum),
  )
  const keys = logs.flatMap(log => log.readNew().flatMap(({ frame }) => frame.puts.map(put => put.key)))
  expect(keys.sort()).toEqual(entries.map(([key]) => key))
  await last.close()
}

function expectOneFramePerNumber(disk: SimulatedDisk): void {
  const fs = disk.connect()
  const seen = new Map<number, string>()
  for (const name of fs.list('/d/db/logs') ?? []) {
    const file = fs.open(`/d/db/logs/${name}`)
    if (file === undefined) continue
    for (const { frame } of new LogReader(name, file, fs.checksum).readNew()) {
      expect(seen.get(frame.seq)).toBeUndefined()
      seen.set(frame.seq, name)
    }
  }
}

function byKey([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1
}
