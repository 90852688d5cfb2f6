import { beforeAll, describe, expect, it } from 'vitest'
import type { Block } from '../codec/block.js'
import { encodeCar } from '../codec/car.js'
import { createGrantVerifier } from '../crypto/identity.js'
import type { FirekeepError } from '../errors.js'
import { concatBytes } from '../primitives/bytes.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { LogEntry, LogPosition } from '../protocol/remote.js'
import { LogForger } from './fixtures/log-forger.js'
import { LogPackBench } from './fixtures/log-pack-bench.js'
import { KEY } from './fixtures/open-reporting.js'
import { LogOpener, type OpenedEntry } from './log-opener.js'

const witness: LogPosition = { seq: 0, hash: EMPTY_LOG_HASH }

/** A log that grows as a test wants, and what opens it. */
class OpenerBench {
  readonly opener: LogOpener
  readonly reported: FirekeepError[]
  readonly #packs: LogPackBench
  #position = witness

  constructor(opener: LogOpener, reported: FirekeepError[], packs: LogPackBench) {
    this.opener = opener
    this.reported = reported
    this.#packs = packs
  }

  static async create(): Promise<OpenerBench> {
    const { lineage, writePublicKey } = forger.secrets
    const reported: FirekeepError[] = []
    const sealer = await forger.sealer()
    const opener = new LogOpener({
      sealer,
      lineage,
      verifyGrant: createGrantVerifier(writePublicKey, lineage),
      report: error => reported.push(error),
      slice: new TimeSlice(platformPace),
    })
    return new OpenerBench(opener, reported, new LogPackBench(sealer))
  }

  /** A pack with a part of contents. */
  part(piece: Uint8Array, id: number, index: number, count: number): Promise<Uint8Array> {
    const part = { id: new Uint8Array(16).fill(id), index, count }
    return this.#packs.seal({ v: 1, ...witness, part }, concatBytes(Uint8Array.of(0), piece))
  }

  /** The packs of contents in `count` parts. */
  parts(blocks: readonly Block[], id: number, count: number): Promise<Uint8Array[]> {
    const car = encodeCar([], blocks)
    const length = Math.ceil(car.length / count)
    return Promise.all(
      Array.from({ length: count }, (_, i) =>
        this.part(car.subarray(i * length, (i + 1) * length), id, i, count),
      ),
    )
  }

  sealHeader(header: unknown): Promise<Uint8Array> {
    return this.#packs.seal(header)
  }

  /** Lets entries be as if they stood there. */
  skip(count: number): void {
    this.#position = { ...this.#position, seq: this.#position.seq + count }
  }

  get position(): LogPosition {
    return this.#position
  }

  /** Opens packs as the next entries, all at once. */
  open(...packs: readonly Uint8Array[]): Promise<OpenedEntry[]> {
    return this.openEntries(packs.map(pack => ({ pack, digest: digestPack(pack), isRedacted: false })))
  }

  openEntries(given: readonly Omit<LogEntry, 'seq'>[]): Promise<OpenedEntry[]> {
    const before: LogPosition[] = []
    const entries = given.map(entry => {
      before.push(this.#position)
      const hash = advanceLogHash(this.#position.hash, entry.digest)
      this.#position = { seq: this.#position.seq + 1, hash }
      return { ...entry, seq: this.#position.seq }
    })
    return this.opener.open(entries, before)
  }
}

/** The ids of the documents that each entry brought. */
function idsOf(opened: readonly OpenedEntry[]): string[][] {
  return opened.map(({ batch }) => batch.commits.flatMap(({ commit }) => commit.ops.map(({ id }) => id)))
}

let forger: LogForger
let blocksOf: (id: string) => Promise<readonly Block[]>

beforeAll(async () => {
  forger = await LogForger.create(KEY)
  blocksOf = async id => (await forger.put(id, { text: id.repeat(30) })).blocks
})

describe('an entry that is whole', () => {
  it('brings its commits, and what its writer had read', async () => {
    const bench = await OpenerBench.create()
    const seen = { seq: 5, hash: new Uint8Array(32).fill(3) }
    const [pack] = await forger.packs(encodeCar([], await blocksOf('a')), seen)
    const opened = await bench.open(pack as Uint8Array, await forger.pack(...(await blocksOf('b'))))
    expect(idsOf(opened)).toEqual([['a'], ['b']])
    expect(opened.map(each => each.witness)).toEqual([seen, witness])
    expect([bench.reported, bench.opener.heldFrom]).toEqual([[], undefined])
  })

  it('is dropped with a report where it does not open, and the rest goes on', async () => {
    const bench = await OpenerBench.create()
    const good = await forger.pack(...(await blocksOf('a')))
    const opened = await bench.open(good.with(-1, (good.at(-1) as number) ^ 1), new Uint8Array(0), good)
    expect(idsOf(opened)).toEqual([[], [], ['a']])
    expect(opened.map(each => each.witness !== undefined)).toEqual([false, false, true])
    const told = bench.reported.map(({ code, message }) => `${code} ${message}`).sort()
    expect(told).toEqual([/^CORRUPT entry 1/, /^CORRUPT entry 2/].map(start => expect.stringMatching(start)))
  })

  it('of a newer version holds all up: what is in it may matter', async () => {
    const bench = await OpenerBench.create()
    const good = await forger.pack(...(await blocksOf('a')))
    await expect(bench.open(good, await bench.sealHeader({ v: 2 }))).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    })
    expect(bench.reported).toEqual([])
  })
})

describe('a pack in the place of an entry', () => {
  it('is taken where it names that entry, and the entry was replaced', async () => {
    const bench = await OpenerBench.create()
    const [digest, other] = [digestPack(Uint8Array.of(1)), digestPack(Uint8Array.of(2))]
    const blocks = await blocksOf('a')
    const pack = await forger.replacement(digest, blocks)
    const opened = await bench.openEntries([
      { pack, digest, isRedacted: true },
      { pack, digest: other, isRedacted: true },
      { pack, digest: digestPack(pack), isRedacted: false },
      { pack: await forger.pack(...blocks), digest, isRedacted: true },
    ])
    expect(idsOf(opened)).toEqual([['a'], [], [], []])
    expect(opened.map(each => each.witness !== undefined)).toEqual([true, false, false, false])
    expect(bench.reported.map(({ code }) => code)).toEqual(['CORRUPT', 'CORRUPT', 'CORRUPT'])
  })
})

describe('contents in several entries', () => {
  it('are read when the last part has come, whatever stands between', async () => {
    const bench = await OpenerBench.create()
    const a = (await bench.parts(await blocksOf('a'), 1, 3)) as [Uint8Array, Uint8Array, Uint8Array]
    const b = (await bench.parts(await blocksOf('b'), 2, 2)) as [Uint8Array, Uint8Array]
    const whole = await forger.pack(...(await blocksOf('c')))
    const order = [a[0], b[0], whole, a[1], b[1], Uint8Array.of(1), a[2]]
    expect(idsOf(await bench.open(...order))).toEqual([[], [], ['c'], [], ['b'], [], ['a']])
    expect(bench.reported.length).toBe(1)
    expect(bench.opener.heldFrom).toBeUndefined()
  })

  it('are read over several calls, and say from where to read on until then', async () => {
    const bench = await OpenerBench.create()
    const a = await bench.parts(await blocksOf('a'), 1, 2)
    const b = await bench.parts(await blocksOf('b'), 2, 2)
    await bench.open(await forger.pack())
    const first = bench.position
    await bench.open(a[0] as Uint8Array, await forger.pack())
    expect(bench.opener.heldFrom).toEqual(first)
    const second = bench.position
    await bench.open(b[0] as Uint8Array)
    expect(bench.opener.heldFrom).toEqual(first)
    expect(idsOf(await bench.open(a[1] as Uint8Array))).toEqual([['a']])
    expect(bench.opener.heldFrom).toEqual(second)
    expect(idsOf(await bench.open(b[1] as Uint8Array))).toEqual([['b']])
    expect(bench.opener.heldFrom).toBeUndefined()
  })

  it('are read where later parts are out of order or come twice, once', async () => {
    const bench = await OpenerBench.create()
    const [first, second, third] = (await bench.parts(await blocksOf('a'), 1, 3)) as Uint8Array[]
    const order = [first, third, first, third, second, second, third] as Uint8Array[]
    expect(idsOf(await bench.open(...order))).toEqual([[], [], [], [], ['a'], [], []])
    expect([bench.reported, bench.opener.heldFrom]).toEqual([[], undefined])
  })

  it('are read again where all are sent again', async () => {
    const bench = await OpenerBench.create()
    const [first, second] = (await bench.parts(await blocksOf('a'), 1, 2)) as [Uint8Array, Uint8Array]
    expect(idsOf(await bench.open(first, second, first, second))).toEqual([[], ['a'], [], ['a']])
  })

  it('are not held where the first part has not come, or parts do not agree on their number', async () => {
    const bench = await OpenerBench.create()
    const [, second] = (await bench.parts(await blocksOf('a'), 1, 2)) as Uint8Array[]
    expect(idsOf(await bench.open(second as Uint8Array))).toEqual([[]])
    expect(bench.opener.heldFrom).toBeUndefined()
    const piece = new Uint8Array(9)
    const packs = [await bench.part(piece, 2, 0, 2), await bench.part(piece, 2, 1, 3)]
    expect(idsOf(await bench.open(...packs))).toEqual([[], []])
    expect(bench.opener.heldFrom).toEqual({ seq: 1, hash: expect.anything() })
  })

  it('that nobody ends are given up after 10,000 entries, with a report', async () => {
    const bench = await OpenerBench.create()
    const [first, second] = (await bench.parts(await blocksOf('a'), 1, 2)) as [Uint8Array, Uint8Array]
    await bench.open(first)
    bench.skip(9_998)
    await bench.open(await forger.pack())
    expect(bench.opener.heldFrom).toEqual(witness)
    bench.skip(1)
    expect(idsOf(await bench.open(second))).toEqual([[]])
    expect(bench.opener.heldFrom).toBeUndefined()
    expect(bench.reported).toMatchObject([
      { code: 'CORRUPT', message: expect.stringContaining('was not ended') },
    ])
    // Whoever wrote it sends it again as a whole.
    expect(idsOf(await bench.open(first, second))).toEqual([[], ['a']])
  })

  it('are forgotten where the log is read from its start again', async () => {
    const bench = await OpenerBench.create()
    const [first, second] = (await bench.parts(await blocksOf('a'), 1, 2)) as [Uint8Array, Uint8Array]
    await bench.open(first)
    bench.opener.forget()
    expect(bench.opener.heldFrom).toBeUndefined()
    expect(idsOf(await bench.open(second))).toEqual([[]])
    expect(bench.reported).toEqual([])
  })

  it('that are joined to something else are dropped with a report', async () => {
    const bench = await OpenerBench.create()
    const [first] = (await bench.parts(await blocksOf('a'), 1, 2)) as [Uint8Array]
    const wrong = await bench.part(new Uint8Array(50), 1, 1, 2)
    expect(idsOf(await bench.open(first, wrong))).toEqual([[], []])
    expect(bench.reported).toMatchObject([{ code: 'CORRUPT' }])
    expect(bench.opener.heldFrom).toBeUndefined()
  })
})
