import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../fixtures/simulated-clock.js'
import { SimulatedDisk } from '../fixtures/simulated-disk.js'
import { SimulatedProcesses } from '../fixtures/simulated-processes.js'
import { FolderLock } from './folder-lock.js'
import { formatOwner, type ProcessTable } from './process-table.js'

const FOLDER = '/db/lock'

class Bench {
  readonly disk = new SimulatedDisk()
  readonly clock = new SimulatedClock()
  readonly processes = new SimulatedProcesses()

  constructor() {
    this.disk.makeFolder(FOLDER)
  }

  lock(processes: ProcessTable = this.processes.start()): FolderLock {
    const { disk, clock } = this
    return new FolderLock({ fs: disk.connect(), folder: FOLDER, processes, clock, patience: 1_000 })
  }

  names(): string[] {
    return [...this.disk.files(FOLDER).keys()].sort()
  }

  content(name: string): string {
    return new TextDecoder().decode(this.disk.files(FOLDER).get(name)?.bytes)
  }

  /** Makes these the only files, but for one that is about to be linked. */
  write(files: Readonly<Record<string, string>>): void {
    const folder = this.disk.files(FOLDER)
    for (const name of this.names()) if (!name.startsWith('new.')) folder.delete(name)
    for (const [name, text] of Object.entries(files))
      folder.set(name, { bytes: new TextEncoder().encode(text) })
  }

  /** A task that lasts until it is let go. */
  hold(lock: FolderLock): { started: Promise<void>; end: () => void; ended: Promise<void> } {
    let end = (): void => {}
    let start = (): void => {}
    const started = new Promise<void>(resolve => {
      start = resolve
    })
    const held = new Promise<void>(resolve => {
      end = resolve
    })
    const ended = lock.run(async () => {
      start()
      await held
    })
    return { started, end, ended }
  }
}

describe('the lock of a folder', () => {
  it('is kept across tasks, and new only for the first', async () => {
    const bench = new Bench()
    const lock = bench.lock()
    const news: boolean[] = []
    for (let task = 0; task < 3; task += 1) await lock.run(async isNew => void news.push(isNew))
    expect(news).toEqual([true, false, false])
    expect(bench.names()).toEqual(['lock.1'])
  })

  it('is let go after it was idle, by a number of its own', async () => {
    const bench = new Bench()
    const lock = bench.lock()
    await lock.run(async () => {})
    bench.clock.pass(100)
    expect(bench.names()).toEqual(['lock.1', 'lock.2'])
    expect(bench.content('lock.2')).toBe('free')
    await lock.run(async isNew => expect(isNew).toBe(true))
    expect(bench.names()).toEqual(['lock.2', 'lock.3'])
  })

  it('goes to who waits, while the owner still works, and comes back', async () => {
    const bench = new Bench()
    const [one, two] = [bench.lock(), bench.lock()]
    const turns: number[] = []
    const work = async (lock: FolderLock, name: number): Promise<void> => {
      for (let task = 0; task < 40; task += 1) {
        await lock.run(async () => {
          turns.push(name)
          bench.clock.pass(1)
        })
      }
    }
    await Promise.all([work(one, 1), work(two, 2)])
    const changes = turns.filter((name, index) => index > 0 && name !== turns[index - 1]).length
    expect(turns).toHaveLength(80)
    expect(changes).toBeGreaterThanOrEqual(4)
  })

  it('of a process that is gone is taken over', async () => {
    const bench = new Bench()
    const dead = bench.processes.start()
    void bench.lock(dead).run(() => new Promise(() => {}))
    await undefined
    bench.processes.end(dead)
    await bench.lock().run(async isNew => expect(isNew).toBe(true))
    expect(bench.names()).toEqual(['lock.1', 'lock.2'])
  })

  it('of a process that lives is never taken: STORAGE_FAILED names the file', async () => {
    const bench = new Bench()
    const owner = bench.processes.start()
    const holding = bench.hold(bench.lock(owner))
    await holding.started
    await expect(bench.lock().run(async () => {})).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('/db/lock/lock.1'),
      details: { path: '/db/lock/lock.1', pid: owner.self.pid },
    })
    holding.end()
    await holding.ended
  })

  it('is not owned by who linked a number that was cleaned away long ago', async () => {
    const bench = new Bench()
    const first = bench.lock()
    await first.run(async () => {})
    first.release()
    // Between a slow process's look and its link, others own and clean up until its number is free again.
    const owner = bench.processes.start()
    bench.disk.intrude = (operation, path) => {
      if (operation !== 'link' || !path.endsWith('lock.3')) return
      bench.disk.intrude = () => {}
      bench.write({ 'lock.6': 'free', 'lock.7': formatOwner(owner.self) })
    }
    const ran: string[] = []
    const slow = bench.lock().run(async () => void ran.push('slow'))
    await bench.clock.sleep(50)
    expect(ran).toEqual([])
    expect(bench.names()).toEqual(['lock.6', 'lock.7', 'wait'])
    bench.processes.end(owner)
    await slow
    expect(ran).toEqual(['slow'])
    expect(bench.names()).toEqual(['lock.7', 'lock.8'])
  })

  it('whose file was cut short by a power failure is free', async () => {
    const bench = new Bench()
    await bench.lock().run(async () => {})
    for (const length of [0, 1, 20]) {
      const file = bench.disk.files(FOLDER).get(bench.names().at(-1) as string) as { bytes: Uint8Array }
      file.bytes = file.bytes.slice(0, length)
      await bench.lock().run(async isNew => expect(isNew).toBe(true))
    }
  })

  it('is let go on a full disk too', async () => {
    const bench = new Bench()
    const lock = bench.lock()
    await lock.run(async () => {})
    bench.disk.capacity = 0
    bench.clock.pass(100)
    bench.disk.capacity = 1_000
    await bench.lock().run(async isNew => expect(isNew).toBe(true))
  })

  it('that could not be verified is not left behind', async () => {
    const bench = new Bench()
    const lock = bench.lock()
    let links = 0
    bench.disk.intrude = operation => {
      if (operation === 'link') links += 1
      if (operation === 'list' && links === 1) {
        links = 2
        throw new Error('the disk failed')
      }
    }
    await expect(lock.run(async () => {})).rejects.toThrow('the disk failed')
    expect(bench.names()).toEqual([])
    await bench.lock().run(async isNew => expect(isNew).toBe(true))
  })

  it('whose file was deleted by hand is taken anew before the next task but one', async () => {
    const bench = new Bench()
    const lock = bench.lock()
    await lock.run(async () => {})
    bench.disk.files(FOLDER).delete('lock.1')
    bench.clock.pass(5)
    await lock.run(async isNew => expect(isNew).toBe(true))
  })
})
