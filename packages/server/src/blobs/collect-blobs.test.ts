import { describe, expect, it } from 'vitest'
import type { Engine } from '../engines/engine.js'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { append, bytesOf, collect, LOG, nameOf, OTHER_LOG, putBlob } from '../engines/testing/samples.js'
import type { Blobs } from './blobs.js'
import { collectBlobs } from './collect-blobs.js'

const GRACE = 1000
const START = 1_000_000

/** An engine with a clock, and a collection that does something else right before it removes. */
class Bench {
  time = START
  readonly engine: Engine
  #meanwhile: () => Promise<unknown> = async () => {}

  private constructor(open: (now: () => number) => Engine) {
    this.engine = open(() => this.time)
  }

  static async create(): Promise<Bench> {
    let now = (): number => START
    const engine = await openMemoryEngine(() => now())
    const bench = new Bench(time => {
      now = time
      return engine
    })
    return bench
  }

  meanwhile(task: () => Promise<unknown>): void {
    this.#meanwhile = task
  }

  collect(signal?: AbortSignal) {
    const { log, blobs } = this.engine
    const remove: Blobs['remove'] = async (...args) => {
      await this.#meanwhile()
      return blobs.remove(...args)
    }
    const watched: Blobs = {
      put: (...args) => blobs.put(...args),
      get: (...args) => blobs.get(...args),
      has: (...args) => blobs.has(...args),
      logs: () => blobs.logs(),
      list: id => blobs.list(id),
      remove,
      touch: (...args) => blobs.touch(...args),
      removeAll: id => blobs.removeAll(id),
      close: () => blobs.close(),
    }
    return collectBlobs({ log, blobs: watched, now: () => this.time, grace: GRACE, signal })
  }

  async names(log = LOG): Promise<string[]> {
    return (await collect(this.engine.blobs.list(log))).map(({ name }) => name).sort()
  }
}

describe('a collection of blobs', () => {
  it('removes what nothing refers to and nobody put lately, in each log', async () => {
    const bench = await Bench.create()
    const { log, blobs } = bench.engine
    const kept = await putBlob(blobs, bytesOf('kept', 10))
    await putBlob(blobs, bytesOf('old', 20))
    await putBlob(blobs, bytesOf('old', 20), OTHER_LOG)
    await append(log, 1, { blobs: [kept] })
    bench.time += GRACE
    const young = await putBlob(blobs, bytesOf('young', 40))
    bench.time += 1
    expect(await bench.collect()).toEqual({ removed: 2, bytes: 40 })
    expect(await bench.names()).toEqual([kept, young].sort())
    expect(await bench.names(OTHER_LOG)).toEqual([])
  })

  it('spares a blob to the end of its grace', async () => {
    const bench = await Bench.create()
    await putBlob(bench.engine.blobs, bytesOf('blob', 10))
    bench.time += GRACE
    expect((await bench.collect()).removed).toBe(0)
    bench.time += 1
    expect((await bench.collect()).removed).toBe(1)
  })

  it('spares a blob that is put again while it runs', async () => {
    const bench = await Bench.create()
    const name = await putBlob(bench.engine.blobs, bytesOf('blob', 10))
    bench.time += 10 * GRACE
    bench.meanwhile(() => putBlob(bench.engine.blobs, bytesOf('blob', 10)))
    expect(await bench.collect()).toEqual({ removed: 0, bytes: 0 })
    expect(await bench.names()).toEqual([name])
  })

  it('asks what is referred to right before each batch', async () => {
    const bench = await Bench.create()
    const { log, blobs } = bench.engine
    for (let seed = 0; seed < 150; seed++) await putBlob(blobs, bytesOf(seed, 10))
    const last = (await collect(blobs.list(LOG))).at(-1)?.name as string
    bench.time += 10 * GRACE
    bench.meanwhile(() => append(log, 1, { blobs: [last] }))
    expect((await bench.collect()).removed).toBe(149)
    expect(await bench.names()).toEqual([last])
  })

  it('removes all blobs of a removed log', async () => {
    const bench = await Bench.create()
    const { log, blobs } = bench.engine
    const name = await putBlob(blobs, bytesOf('blob', 10))
    await append(log, 1, { blobs: [name] })
    await log.remove(LOG)
    bench.time += 10 * GRACE
    expect((await bench.collect()).removed).toBe(1)
    expect(await blobs.has(LOG, nameOf(bytesOf('blob', 10)))).toBe(false)
  })

  it('ends when the signal fires', async () => {
    const bench = await Bench.create()
    for (let seed = 0; seed < 250; seed++) await putBlob(bench.engine.blobs, bytesOf(seed, 10))
    bench.time += 10 * GRACE
    const controller = new AbortController()
    bench.meanwhile(async () => controller.abort(new Error('enough')))
    await expect(bench.collect(controller.signal)).rejects.toThrow('enough')
    expect((await bench.names()).length).toBe(150)
  })
})
