import { beforeAll, describe, expect, it } from 'vitest'
import { createGrantVerifier } from '../crypto/identity.js'
import type { Sealer } from '../crypto/seal.js'
import type { FirekeepError } from '../errors.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { LogEntry, LogPage, LogPosition, ReadLogOptions, RemoteLog } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { LogForger } from './fixtures/log-forger.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { KEY } from './fixtures/open-reporting.js'
import { LogOpener } from './log-opener.js'
import { LogReader, ROLLED_BACK } from './log-reader.js'

const START: LogPosition = { seq: 0, hash: EMPTY_LOG_HASH }

let forger: LogForger
let sealer: Sealer

beforeAll(async () => {
  forger = await LogForger.create(KEY)
  sealer = await forger.sealer()
})

/** The log of a remote with so many entries, each with a commit of its own. */
async function logOf(count: number): Promise<RemoteLog> {
  const log = await openRawLog(new MemoryRemote(), KEY)
  for (let i = 1; i <= count; i++)
    await log.append(await forger.pack(...(await forger.put(`d${i}`, {})).blocks))
  return log
}

function readerOf(
  log: RemoteLog,
  from: LogPosition = START,
  report: (error: FirekeepError) => void = unexpected,
): LogReader {
  const { lineage, writePublicKey } = forger.secrets
  const opener = new LogOpener({
    sealer,
    lineage,
    verifyGrant: createGrantVerifier(writePublicKey, lineage),
    report,
    slice: new TimeSlice(platformPace),
  })
  return new LogReader({ log, opener, signal: new AbortController().signal }, from)
}

function unexpected(error: FirekeepError): void {
  throw error
}

/** Reads to the end; answers the ids of the documents in order, or that it is another log. */
async function readAll(reader: LogReader): Promise<string[] | typeof ROLLED_BACK> {
  const ids: string[] = []
  for (;;) {
    const step = await reader.next()
    if (step === undefined) return ids
    if (step === ROLLED_BACK) return ROLLED_BACK
    for (const { batch } of step.opened)
      ids.push(...batch.commits.flatMap(({ commit }) => commit.ops.map(op => op.id)))
  }
}

async function positionsOf(log: RemoteLog): Promise<LogPosition[]> {
  const positions = [START]
  for (const { seq, digest } of (await log.read(0)).entries)
    positions.push({ seq, hash: advanceLogHash((positions.at(-1) as LogPosition).hash, digest) })
  return positions
}

/** A log whose pages a test changes. */
class PagedLog extends ForwardingLog {
  readonly #change: (page: LogPage, after: number) => LogPage
  reads = 0

  constructor(log: RemoteLog, change: (page: LogPage, after: number) => LogPage) {
    super(log)
    this.#change = change
  }

  override async read(after: number, options?: ReadLogOptions): Promise<LogPage> {
    this.reads += 1
    return this.#change(await super.read(after, options), after)
  }
}

/** Pages of so many entries at most. */
function paged(log: RemoteLog, size: number): PagedLog {
  return new PagedLog(log, page => ({ ...page, entries: page.entries.slice(0, size) }))
}

const names = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => `d${first + i}`)

describe('reading a log', () => {
  it('goes through all of it in order, page by page, and ends at its head', async () => {
    const log = await logOf(8)
    const { head } = await log.read(0)
    for (const size of [1, 3, 8, 100]) {
      const pages = paged(log, size)
      const reader = readerOf(pages)
      expect(await readAll(reader)).toEqual(names(1, 8))
      expect(reader.position).toEqual(head)
      // One for each page, fetched ahead or not, and one that finds nothing more.
      expect(pages.reads).toBe(Math.ceil(8 / size) + 1)
    }
  })

  it('goes on from a place, and with what is appended later', async () => {
    const log = await logOf(5)
    const reader = readerOf(log, (await positionsOf(log))[3])
    expect(await readAll(reader)).toEqual(['d4', 'd5'])
    await log.append(await forger.pack(...(await forger.put('later', {})).blocks))
    expect(await readAll(reader)).toEqual(['later'])
  })

  it('tells how far it is, and where the log ends', async () => {
    const reader = readerOf(paged(await logOf(5), 2))
    expect(await reader.next()).toMatchObject({ position: { seq: 2 }, end: 5 })
    expect(await reader.next()).toMatchObject({ position: { seq: 4 }, end: 5 })
  })

  it('goes on after a page that could not be fetched, ahead or when it was needed', async () => {
    const log = await logOf(6)
    const broken = new Set([2, 4])
    const flaky = new PagedLog(log, (page, after) => {
      if (broken.delete(after)) throw new Error('cut off')
      return { ...page, entries: page.entries.slice(0, 2) }
    })
    const reader = readerOf(flaky)
    const ids: unknown[] = []
    for (let i = 0; i < 2; i++) {
      await readAll(reader).catch(error => ids.push(error.message))
      ids.push(reader.position.seq)
    }
    expect(ids).toEqual(['cut off', 2, 'cut off', 4])
    expect(await readAll(reader)).toEqual(['d5', 'd6'])
  })
})

describe('a page that is larger than what was asked for', () => {
  /** Rubbish entries, whatever is asked for. */
  function rubbish(count: number, length: number, log: RemoteLog): PagedLog {
    const pack = new Uint8Array(length)
    const digest = digestPack(pack)
    return new PagedLog(log, (page, after) => ({
      ...page,
      entries: Array.from({ length: count }, (_, i) => ({
        seq: after + i + 1,
        digest,
        pack,
        isRedacted: false,
      })),
    }))
  }

  it.each([
    ['of many entries', 1001, 9],
    ['of many bytes', 3, 2 * 1024 * 1024],
  ])('is cut or refused: one %s', async (_, count, length) => {
    const reader = readerOf(rubbish(count, length, await logOf(0)), START, () => undefined)
    const outcome = await reader.next().catch(error => error.code)
    expect(outcome === 'REMOTE_UNAVAILABLE' || reader.position.seq < count).toBe(true)
  })
})

describe('a log that is not the one that was read', () => {
  it('is noticed by the hash at the place that was read to, also where it ends before', async () => {
    const [log, other, shorter] = [await logOf(4), await logOf(5), await logOf(2)]
    const from = (await positionsOf(log))[4] as LogPosition
    expect(await readAll(readerOf(other, from))).toBe(ROLLED_BACK)
    expect(await readAll(readerOf(shorter, from))).toBe(ROLLED_BACK)
    expect(await readAll(readerOf(log, from))).toEqual([])
  })

  const changes: readonly [string, (entries: readonly LogEntry[]) => readonly LogEntry[]][] = [
    ['that leaves an entry out', entries => entries.filter(({ seq }) => seq !== 2)],
    ['that leaves the first out', entries => entries.slice(1)],
    ['that repeats an entry', ([first, ...rest]) => [first as LogEntry, first as LogEntry, ...rest]],
    ['that puts entries in another order', ([a, b, ...rest]) => [b as LogEntry, a as LogEntry, ...rest]],
    [
      'whose pack is none of the digest',
      ([a, ...rest]) => [{ ...(a as LogEntry), digest: digestPack(Uint8Array.of(1)) }, ...rest],
    ],
  ]

  it.each(changes)('is noticed in a page %s, and nothing of it is passed', async (_, change) => {
    const log = await logOf(4)
    const reader = readerOf(new PagedLog(log, page => ({ ...page, entries: change(page.entries) })))
    expect(await reader.next()).toBe(ROLLED_BACK)
    expect(reader.position).toEqual(START)
  })

  it('is noticed where an entry left out is hidden by other numbers, when the place is known', async () => {
    const log = await logOf(4)
    const closed = new PagedLog(log, (page, after) => {
      const kept = page.entries.filter(({ digest }) => digest !== page.entries[1]?.digest)
      return { ...page, entries: kept.map((entry, i) => ({ ...entry, seq: after + i + 1 })).slice(0, 2) }
    })
    const reader = readerOf(closed)
    await reader.next()
    expect(await reader.next()).toBe(ROLLED_BACK)
  })

  it('is not where an entry was replaced: its digest is what counts', async () => {
    const log = await logOf(3)
    const { entries, head } = await log.read(0)
    const { digest } = entries[1] as LogEntry
    await log.redact(2, await forger.replacement(digest, (await forger.put('d2', {})).blocks))
    const reader = readerOf(log)
    expect(await readAll(reader)).toEqual(names(1, 3))
    expect(reader.position).toEqual(head)
  })
})

describe('entries that come by themselves', () => {
  it('are taken where they follow what was read, without what is known', async () => {
    const log = await logOf(5)
    const { entries } = await log.read(0)
    const reader = readerOf(log)
    expect(await reader.take(entries.slice(0, 2), 5)).toMatchObject({ position: { seq: 2 }, end: 5 })
    expect(await reader.take(entries.slice(0, 4), 5)).toMatchObject({
      opened: [{ entry: { seq: 3 } }, { entry: { seq: 4 } }],
      position: { seq: 4 },
    })
    expect(await readAll(reader)).toEqual(['d5'])
  })

  it('are left where something stands between, or nothing is new', async () => {
    const log = await logOf(5)
    const { entries } = await log.read(0)
    const reader = readerOf(log)
    expect(await reader.take(entries.slice(1), 5)).toBeUndefined()
    expect(await reader.take([], 5)).toBeUndefined()
    await readAll(reader)
    expect(await reader.take(entries, 5)).toBeUndefined()
    expect(reader.position.seq).toBe(5)
  })

  it('are another log where their packs are not what they say', async () => {
    const { entries } = await (await logOf(2)).read(0)
    const reader = readerOf(await logOf(0))
    const forged = { ...(entries[0] as LogEntry), pack: Uint8Array.of(1) }
    expect(await reader.take([forged], 1)).toBe(ROLLED_BACK)
    expect(reader.position).toEqual(START)
  })
})

describe('passing over what was written here', () => {
  it('moves on where these entries stand next, and reads no pack', async () => {
    const log = paged(await logOf(3), 100)
    const positions = await positionsOf(log)
    const [, second, third] = (await log.digests(0, 3)) as [Uint8Array, Uint8Array, Uint8Array]
    const reader = readerOf(log, positions[1])
    log.reads = 0
    expect(await reader.pass([second, third])).toBe(true)
    expect(reader.position).toEqual(positions[3])
    expect(log.reads).toBe(0)
    expect(await readAll(reader)).toEqual([])
  })

  it('stays where others stand before, between or instead of them', async () => {
    const log = await logOf(3)
    const [first, second, third] = (await log.digests(0, 3)) as [Uint8Array, Uint8Array, Uint8Array]
    const reader = readerOf(log)
    for (const digests of [[second], [first, third], [first, second, third, third]]) {
      expect(await reader.pass(digests)).toBe(false)
      expect(reader.position).toEqual(START)
    }
    expect(await readAll(reader)).toEqual(names(1, 3))
  })

  it('does not use a page that was fetched before', async () => {
    const log = await logOf(2)
    const reader = readerOf(paged(log, 1))
    await reader.next()
    expect(await reader.pass((await log.digests(1, 1)) as Uint8Array[])).toBe(true)
    expect(await readAll(reader)).toEqual([])
  })
})

describe('what the writer of an entry had read', () => {
  it('is the log that is read here at every place of it, known or older', async () => {
    const log = await logOf(5)
    const positions = await positionsOf(log)
    for (const from of positions) {
      for (const order of [positions, positions.toReversed()]) {
        const reader = readerOf(log, from)
        await readAll(reader)
        for (const position of order) expect(await reader.saw(position)).toBe(true)
        expect(reader.position).toEqual(positions[5])
      }
    }
  })

  it('is another log where the hash is another, at every place', async () => {
    const log = await logOf(5)
    const positions = await positionsOf(log)
    const reader = readerOf(log, positions[2])
    await readAll(reader)
    for (const { seq } of [...positions, ...positions.toReversed()])
      expect(await reader.saw({ seq, hash: new Uint8Array(32).fill(1) })).toBe(false)
    for (const position of positions) expect(await reader.saw(position)).toBe(true)
  })

  it('is another log behind the end of what was read', async () => {
    const log = await logOf(3)
    const reader = readerOf(log)
    await reader.next()
    expect(await reader.saw({ seq: 4, hash: new Uint8Array(32) })).toBe(false)
  })

  it('is not proved by a log that keeps its digests back, gives others or too many', async () => {
    const log = await logOf(5)
    const positions = await positionsOf(log)
    class LyingLog extends ForwardingLog {
      answer: readonly Uint8Array[] = []

      override async digests(): Promise<readonly Uint8Array[]> {
        return this.answer
      }
    }
    const lying = new LyingLog(log)
    const reader = readerOf(lying, positions[4])
    for (const answer of [[], [new Uint8Array(32)], Array.from({ length: 9 }, () => new Uint8Array(32))]) {
      lying.answer = answer
      expect(await reader.saw(positions[1] as LogPosition)).toBe(false)
    }
    expect(reader.position).toEqual(positions[4])
  })
})
