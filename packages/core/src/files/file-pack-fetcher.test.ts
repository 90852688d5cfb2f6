import { describe, expect, it } from 'vitest'
import { createSealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import type { PackSource } from '../packs/pack-source.js'
import { equalBytes, toBase32 } from '../primitives/bytes.js'
import { digestPack } from '../protocol/log-hash.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { seededRandom } from '../testing/seeded-random.js'
import { FilePackFetcher } from './file-pack-fetcher.js'
import { FilePacks } from './file-packs.js'

const BYTES = seededRandom(5)(10_000)
const NAME = toBase32(digestPack(BYTES))
const PACK = { name: NAME, length: BYTES.length }
const PIECE = 1000

/** A remote that has one blob, and fails at the calls that a test names. */
class FakeSource implements PackSource {
  readonly bytes: Uint8Array | undefined
  readonly offsets: number[] = []
  fail: (call: number) => unknown = () => undefined
  #calls = 0

  constructor(bytes: Uint8Array | undefined = BYTES) {
    this.bytes = bytes
  }

  async getRange(_: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const error = this.fail(this.#calls++)
    if (error !== undefined) throw error
    this.offsets.push(offset)
    return this.bytes?.slice(offset, offset + length)
  }
}

async function openFetcher(...sources: readonly PackSource[]) {
  const storage = await createMemorySpace().open('data')
  const key = new Uint8Array(32).fill(1)
  const recordSealer = await createSealer({ contentKey: key, lineage: key, kind: 'record' })
  const parts = { storage, recordSealer, now: () => 0, random: seededRandom(1), segmentBytes: 1700 }
  const packs = new FilePacks(parts)
  const time = { now: 0 }
  return {
    storage,
    packs,
    fetcher: new FilePackFetcher({ packs, now: () => time.now, sources: () => sources, pieceBytes: PIECE }),
    time,
  }
}

const unreachable = () => new FirekeepError('REMOTE_UNAVAILABLE', 'out of reach')

async function isWhole(packs: FilePacks): Promise<boolean> {
  const found = await packs.getRange(NAME, 0, BYTES.length)
  return found !== undefined && equalBytes(found, BYTES)
}

describe('a file pack that is fetched', () => {
  it('goes on where it was interrupted, at whichever piece that was', async () => {
    const source = new FakeSource()
    source.fail = call => (call % 2 === 0 ? unreachable() : undefined)
    const { packs, fetcher } = await openFetcher(source)
    for (let failures = 0; failures < BYTES.length / PIECE; failures++) {
      await expect(fetcher.fetch(PACK)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
      expect(await packs.has(NAME)).toBe(false)
    }
    source.fail = () => undefined
    await fetcher.fetch(PACK)
    expect(await isWhole(packs)).toBe(true)
    expect(source.offsets).toEqual(Array.from({ length: 10 }, (_, i) => i * PIECE))
  })

  it('is fetched once for all who want it, and ends when the last of them gives up', async () => {
    const source = new FakeSource()
    const { packs, fetcher } = await openFetcher(source)
    const first = new AbortController()
    const progress: number[] = []
    const calls = [
      fetcher.fetch(PACK, { signal: first.signal }),
      fetcher.fetch(PACK, { onProgress: ({ done }) => progress.push(done) }),
    ]
    first.abort()
    await expect(calls[0]).rejects.toMatchObject({ code: 'ABORTED' })
    await calls[1]
    expect(await isWhole(packs)).toBe(true)
    expect(source.offsets).toHaveLength(10)
    expect(progress.at(-1)).toBe(BYTES.length)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
  })

  it('may be wanted again in the moment in which it is given up', async () => {
    const source = new FakeSource()
    const { packs, fetcher } = await openFetcher(source)
    const stop = new AbortController()
    source.fail = call => {
      if (call === 3) stop.abort()
    }
    const given = fetcher.fetch(PACK, { signal: stop.signal })
    await expect(given).rejects.toMatchObject({ code: 'ABORTED' })
    await fetcher.fetch(PACK)
    expect(await isWhole(packs)).toBe(true)
    expect(new Set(source.offsets).size).toBe(10)
  })

  it('takes from another remote what one has damaged, and stores nothing that is not its name', async () => {
    const damaged = new FakeSource(BYTES.with(4321, (BYTES[4321] as number) ^ 1))
    const cutOff = new FakeSource(BYTES.subarray(0, 9_999))
    const alone = await openFetcher(damaged)
    await expect(alone.fetcher.fetch(PACK)).rejects.toMatchObject({
      code: 'CORRUPT',
      details: { pack: NAME },
    })
    expect(await alone.storage.list('')).toEqual([])
    const { packs, fetcher } = await openFetcher(cutOff, damaged, new FakeSource())
    await fetcher.fetch(PACK)
    expect(await isWhole(packs)).toBe(true)
  })

  it('is FILE_UNAVAILABLE where no remote has it, and out of reach where one cannot tell', async () => {
    const none = new FakeSource()
    Object.assign(none, { bytes: undefined })
    const away = new FakeSource()
    away.fail = unreachable
    for (const [sources, code] of [
      [[], 'FILE_UNAVAILABLE'],
      [[none], 'FILE_UNAVAILABLE'],
      [[none, away], 'REMOTE_UNAVAILABLE'],
    ] as const) {
      const { fetcher } = await openFetcher(...sources)
      await expect(fetcher.fetch(PACK)).rejects.toMatchObject({ code })
    }
    const { packs, fetcher } = await openFetcher(away, none, new FakeSource())
    await fetcher.fetch(PACK)
    expect(await isWhole(packs)).toBe(true)
  })

  it('takes the place of one that is damaged here', async () => {
    const { storage, packs, fetcher } = await openFetcher(new FakeSource())
    await fetcher.fetch(PACK)
    const [segment] = await storage.list('file/')
    await storage.batch([[segment as string, new Uint8Array(1700)]], [])
    expect(await isWhole(packs)).toBe(false)
    await fetcher.fetch(PACK)
    expect(await isWhole(packs)).toBe(true)
    expect(await storage.list('file/')).toHaveLength(6)
  })

  it('fails only for the caller whose function throws', async () => {
    const { packs, fetcher } = await openFetcher(new FakeSource())
    const throwing = () => {
      throw new Error('mine')
    }
    const [first, second] = [fetcher.fetch(PACK, { onProgress: throwing }), fetcher.fetch(PACK)]
    await expect(first).rejects.toThrow('mine')
    await second
    expect(await isWhole(packs)).toBe(true)
  })

  it('leaves nothing behind, and is CLOSED, when the database is closed', async () => {
    const source = new FakeSource()
    const { storage, fetcher } = await openFetcher(source)
    let closing: Promise<void> | undefined
    source.fail = call => {
      if (call === 3) closing = fetcher.close()
    }
    await expect(fetcher.fetch(PACK)).rejects.toMatchObject({ code: 'CLOSED' })
    await closing
    expect(await storage.list('')).toEqual([])
    await expect(fetcher.fetch(PACK)).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('is kept in part for half a day, and of two packs at most', async () => {
    const source = new FakeSource()
    const { storage, fetcher, packs, time } = await openFetcher(source)
    source.fail = call => (call % 2 === 1 ? unreachable() : undefined)
    for (const name of ['a', 'b', 'c', NAME]) {
      await expect(fetcher.fetch({ ...PACK, name })).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    }
    expect(await storage.list('')).toHaveLength(2)
    source.fail = () => undefined
    source.offsets.length = 0
    time.now += 12 * 60 * 60_000 + 1
    await fetcher.fetch(PACK)
    expect(source.offsets[0]).toBe(0)
    expect(await isWhole(packs)).toBe(true)
    expect(await storage.list('file/')).toHaveLength(7)
  })
})
