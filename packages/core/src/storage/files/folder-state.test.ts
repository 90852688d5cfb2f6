import { describe, expect, it } from 'vitest'
import { SimulatedDisk } from '../fixtures/simulated-disk.js'
import { FolderState } from './folder-state.js'
import { encodeFrame } from './frame.js'
import { logHeader } from './log-reader.js'

const LOGS = '/logs'
const owner = { boot: 'b', machine: 'm', namespace: 'n', pid: 1, start: '1' }

class Bench {
  readonly disk = new SimulatedDisk()
  readonly fs = this.disk.connect()
  readonly state = new FolderState(this.fs, LOGS)

  constructor() {
    this.disk.makeFolder(LOGS)
  }

  /** Adds a frame to a log, as its owner would. */
  append(log: string, seq: number, puts: readonly string[], deletes: readonly string[] = []): void {
    const path = `${LOGS}/${log}.log`
    const known = this.disk.files(LOGS).get(`${log}.log`) as { bytes: Uint8Array } | undefined
    if (known === undefined) this.fs.create(path).write(logHeader(owner), 0)
    const file = this.disk.files(LOGS).get(`${log}.log`) as { bytes: Uint8Array }
    const entries = puts.map(key => [key, new Uint8Array([seq])] as const)
    const frame = encodeFrame({ seq, puts: entries, deletes }, this.fs.checksum)
    file.bytes = Uint8Array.from([...file.bytes, ...frame])
  }

  keys(): string[] {
    this.state.refresh()
    return [...this.state.places.keys()]
  }
}

describe('the state of a folder', () => {
  it('orders batches by number over all logs', () => {
    const bench = new Bench()
    bench.append('b', 1, ['x', 'y'])
    bench.append('a', 2, [], ['x'])
    bench.append('b', 3, ['z'], ['y'])
    bench.append('a', 4, ['y'])
    expect(bench.keys()).toEqual(['y', 'z'])
    expect(bench.state.lastSeq).toBe(4)
  })

  it('waits for a batch that was written to a log it had read already', () => {
    const bench = new Bench()
    bench.append('a', 1, ['a1'])
    bench.append('b', 2, ['b2'])
    bench.disk.intrude = (operation, path) => {
      if (operation !== 'open' || path !== `${LOGS}/b.log`) return
      bench.disk.intrude = () => {}
      // The log before was read; now two batches follow, the later one in the log that is read next.
      bench.append('a', 3, ['a3'], ['b2'])
      bench.append('b', 4, ['b2'])
    }
    expect(bench.keys()).toEqual(['a1', 'a3', 'b2'])
  })

  it('accepts gaps that stay', () => {
    const bench = new Bench()
    bench.append('a', 3, ['a3'])
    bench.append('b', 7, ['b7'])
    expect(bench.keys()).toEqual(['a3', 'b7'])
    bench.append('a', 9, ['a9'])
    expect(bench.keys()).toEqual(['a3', 'a9', 'b7'])
  })

  it('ignores copies', () => {
    const bench = new Bench()
    bench.append('a', 1, ['x'])
    bench.append('a', 2, [], ['x'])
    expect(bench.keys()).toEqual([])
    bench.append('b', 1, ['x'])
    expect(bench.keys()).toEqual([])
    // Both logs hold the deleted value, so that both must go where it is erased.
    expect(bench.state.logs().map(({ garbage }) => garbage)).toEqual([1, 1])
  })

  it('counts the bytes of all values', () => {
    const bench = new Bench()
    bench.append('a', 1, ['x', 'y', 'z'])
    bench.append('b', 2, ['x'], ['y'])
    bench.keys()
    expect(bench.state.stored).toBe(2)
  })

  it('counts the changes that others made', () => {
    const bench = new Bench()
    bench.state.adopt('own.log')
    bench.append('own', 1, ['x'])
    bench.keys()
    expect(bench.state.changes).toBe(0)
    bench.append('other', 2, ['y'])
    bench.keys()
    expect(bench.state.changes).toBe(1)
  })

  it('says that the folder is gone only where it was there', () => {
    const { fs } = new Bench()
    const never = new FolderState(fs, '/nowhere')
    expect(never.refresh()).toBe(true)
    const bench = new Bench()
    expect(bench.state.refresh()).toBe(true)
    bench.fs.removeFolder(LOGS)
    expect(bench.state.refresh()).toBe(false)
  })
})
