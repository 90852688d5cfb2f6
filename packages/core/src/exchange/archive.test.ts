import { describe, expect, it } from 'vitest'
import { TestDevice } from '../database/fixtures/test-devices.js'
import { concatBytes } from '../primitives/bytes.js'
import { bytesOf } from './fixtures/bytes-of.js'

/** Takes an archive in pieces. */
class ArchiveSink {
  readonly #chunks: Uint8Array[] = []

  readonly add = async (bytes: Uint8Array): Promise<void> => {
    await new Promise(setImmediate)
    this.#chunks.push(bytes.slice())
  }

  get bytes(): Uint8Array {
    return concatBytes(...this.#chunks)
  }
}

/** Documents that were written again and again; the last versions stay. */
async function fill({ db }: TestDevice): Promise<void> {
  for (const n of [1, 2, 3]) {
    await db.put({ _id: 'a', text: `version ${n} of a` })
    await db.put({ _id: 'large', text: `version ${n} ${'x'.repeat(6000)}` })
  }
  await db.put({ _id: 'gone', text: 'gone' })
  await db.del('gone')
}

async function historyOf({ db }: TestDevice): Promise<unknown[]> {
  const { rows } = await db.changes([])
  return rows.map(({ id, clock }) => ({ id, clock }))
}

/** The versions of a document at every clock of its history. */
async function pastOf({ db }: TestDevice, clocks: readonly (readonly string[])[]): Promise<unknown[]> {
  return Promise.all(clocks.map(asOf => db.find('a', { asOf }).catch(error => error.code)))
}

describe('an archive of what is pruned', () => {
  it('gives a pruned database its history back', async () => {
    const device = new TestDevice()
    const { db } = device
    await fill(device)
    const clocks = (await historyOf(device)).map(each => (each as { clock: readonly string[] }).clock)
    const past = await pastOf(device, clocks)
    const roots = await device.roots()
    const sink = new ArchiveSink()
    await db.compact({ archive: sink.add })
    expect(await pastOf(device, clocks)).toContain('PRUNED')
    expect(await device.find('version 1 of a')).toEqual([])
    expect(await device.roots()).toEqual(roots)
    expect(await db.verify()).toMatchObject({ isSound: true, pruned: 5 })

    expect(await db.import(sink.bytes)).toEqual({ clock: await db.clock(), commits: 0, restored: 5 })
    expect(await pastOf(device, clocks)).toEqual(past)
    expect(await device.roots()).toEqual(roots)
    expect(await db.verify()).toMatchObject({ isSound: true, pruned: 0 })
    expect(await db.import(sink.bytes)).toMatchObject({ restored: 0 })
    await db.compact()
    expect(await pastOf(device, clocks)).toEqual(past)
    await device.close()
  })

  it('holds what was superseded up to a bound, and no more', async () => {
    const device = new TestDevice()
    const { db } = device
    await db.put({ _id: 'a', text: 'version 1 of a' })
    const { clock } = await db.put({ _id: 'a', text: 'version 2 of a' })
    await db.put({ _id: 'a', text: 'version 3 of a' })
    const sink = new ArchiveSink()
    await db.compact({ archive: sink.add, before: clock })
    expect(await device.find('version 1 of a')).toEqual([])
    expect(await db.get('a', { asOf: clock })).toMatchObject({ text: 'version 2 of a' })
    expect(await db.import(sink.bytes)).toMatchObject({ restored: 1 })
    await device.close()
  })

  it('erases nothing when the sink fails', async () => {
    const device = new TestDevice()
    await fill(device)
    const full = () => Promise.reject(new Error('the disk is full'))
    await expect(device.db.compact({ archive: full })).rejects.toThrow('the disk is full')
    expect(await device.find('version 1 of a')).not.toEqual([])
    expect(await device.db.verify()).toMatchObject({ isSound: true, pruned: 0 })
    await device.close()
  })

  it('is sealed, found damaged at any byte, and of use to no other database', async () => {
    const device = new TestDevice()
    await fill(device)
    const sink = new ArchiveSink()
    await device.db.compact({ archive: sink.add })
    const { bytes } = sink
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('FKSL')
    for (let at = 0; at < bytes.length; at += 401) {
      const damaged = bytes.with(at, (bytes[at] as number) ^ 1)
      await expect(device.db.import(damaged)).rejects.toThrow()
    }
    expect(await device.db.verify()).toMatchObject({ pruned: 5 })
    const empty = new TestDevice({ seed: 2 })
    await expect(empty.db.import(bytes)).rejects.toMatchObject({ code: 'UNKNOWN_CLOCK' })
    await Promise.all([device.close(), empty.close()])
  })

  it('takes options that make sense', async () => {
    const { db } = new TestDevice()
    await expect(db.compact({ before: [] })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(db.compact({ archive: 'file' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(db.compact({ archive: () => undefined, before: 7 as never })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    await db.close()
  })
})

describe('an export', () => {
  it('gives a pruned database its history back too, but not what was purged', async () => {
    const device = new TestDevice()
    const { db } = device
    await fill(device)
    await db.put({ _id: 'secret', text: 'nobody may know' })
    await db.put({ _id: 'secret', text: 'nobody may know this' })
    const bytes = await bytesOf(db.export())
    await db.purge('secret')
    await db.put({ _id: 'secret', text: 'again' })
    await db.prune({ before: await db.clock() })
    expect(await db.import(bytes)).toMatchObject({ commits: 0, restored: 5 })
    expect(await device.find('version 1 of a')).not.toEqual([])
    expect(await device.find('nobody may know')).toEqual([])
    expect(await db.verify()).toMatchObject({ isSound: true })
    await device.close()
  })
})
