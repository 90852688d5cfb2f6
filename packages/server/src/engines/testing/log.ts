import { advanceLogHash, EMPTY_LOG_HASH } from '@firekeep/core/protocol'
import type { ConformanceSuite } from './conformance-suite.js'
import {
  ALL,
  append,
  bytesOf,
  collect,
  entryOf,
  FORK,
  hex,
  LOG,
  OTHER_LOG,
  outcomeOf,
  sha256,
} from './samples.js'

/** Appending and reading. */
export function testLog(suite: ConformanceSuite): void {
  testAppending(suite)
  testReading(suite)
}

function testAppending(suite: ConformanceSuite): void {
  suite.test(
    'entries get the numbers 1, 2, 3 and the running hash of their digests',
    async (bench, expect) => {
      const { log } = bench.engine
      let hash = EMPTY_LOG_HASH
      for (let seq = 1; seq <= 3; seq++) {
        hash = advanceLogHash(hash, sha256(bytesOf(seq, 200)))
        const appended = await append(log, seq)
        expect({ ...appended, hash: hex(appended.hash) }).toEqual({ seq, hash: hex(hash), isRepeated: false })
      }
      // The least that an entry counts for.
      expect((await log.info(LOG)).bytes).toEqual(3 * 256)
    },
  )

  suite.test('100 appends at once stand in a row, each where its answer says', async (bench, expect) => {
    const { log } = bench.engine
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => append(log, index)))
    await bench.reopen()
    const { entries, head } = await bench.engine.log.read(LOG, 0, ALL)
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    let hash = EMPTY_LOG_HASH
    const hashes = entries.map(({ digest }) => {
      hash = advanceLogHash(hash, digest)
      return hex(hash)
    })
    expect(hex(head.hash)).toEqual(hex(hash))
    expect(answers.map(answer => hex(answer.hash))).toEqual(answers.map(({ seq }) => hashes[seq - 1]))
    const packs = answers.map(({ seq }) => hex(entries[seq - 1]?.pack))
    expect(packs).toEqual(answers.map((_, index) => hex(bytesOf(index, 200))))
  })

  suite.test('a pack that is appended twice stands once, also at the same time', async (bench, expect) => {
    const { log } = bench.engine
    await append(log, 'first')
    const answers = await Promise.all([append(log, 'twice'), append(log, 'twice'), append(log, 'last')])
    await bench.reopen()
    answers.push(await append(bench.engine.log, 'twice'))
    expect(answers.map(({ seq }) => seq)).toEqual([2, 2, 3, 2])
    expect(answers.map(({ isRepeated }) => isRepeated)).toEqual([false, true, false, true])
    expect(new Set(answers.map(({ hash }) => hex(hash))).size).toEqual(2)
    expect((await bench.engine.log.read(LOG, 0, ALL)).entries.length).toEqual(3)
  })

  suite.test(
    'the same pack in two logs is an entry of each, and a fork is a log of its own',
    async (bench, expect) => {
      const { log } = bench.engine
      const entry = entryOf(bytesOf('shared', 10))
      const answers = await Promise.all([LOG, OTHER_LOG, FORK].map(id => log.append(id, entry)))
      expect(answers.map(({ seq, isRepeated }) => [seq, isRepeated])).toEqual(answers.map(() => [1, false]))
      expect((await collect(log.list())).sort()).toEqual([LOG, FORK, OTHER_LOG].sort())
    },
  )

  suite.test('a pack past maxBytes is refused alone, and one that is there is not', async (bench, expect) => {
    const { log } = bench.engine
    await append(log, 'first', { maxBytes: 256 })
    const outcomes = await Promise.all([
      outcomeOf(append(log, 'second', { maxBytes: 511 })),
      outcomeOf(append(log, 'third', { maxBytes: 512 })),
      outcomeOf(append(log, 'first', { maxBytes: 10 })),
      outcomeOf(log.append(OTHER_LOG, entryOf(bytesOf('other', 200), { maxBytes: 255 }))),
    ])
    expect(outcomes).toEqual(['LIMIT_EXCEEDED', 'resolved', 'resolved', 'LIMIT_EXCEEDED'])
    expect((await log.info(LOG)).head.seq).toEqual(2)
    expect(await collect(log.list())).toEqual([LOG])
  })

  suite.test('what a caller does to its bytes afterwards changes nothing', async (bench, expect) => {
    const bytes = bytesOf('mutable', 300)
    const pack = bytes.subarray(100)
    const appending = bench.engine.log.append(LOG, entryOf(pack))
    await appending
    const before = hex(pack)
    bytes.fill(0)
    expect(hex((await bench.engine.log.read(LOG, 0, ALL)).entries[0]?.pack)).toEqual(before)
  })

  suite.test(
    'watchers hear of each new entry, of repeated ones not, and no more once they left',
    async (bench, expect) => {
      const { log } = bench.engine
      const heard: unknown[] = []
      const unwatch = log.watch((id, seq) => heard.push([id, seq]))
      await append(log, 'a')
      await append(log, 'a')
      await log.append(OTHER_LOG, entryOf(bytesOf('b', 10)))
      unwatch()
      await append(log, 'c')
      expect(heard).toEqual([
        [LOG, 1],
        [OTHER_LOG, 1],
      ])
    },
  )
}

function testReading(suite: ConformanceSuite): void {
  suite.test('a log that nothing was written to is empty, and is not listed', async (bench, expect) => {
    const { log } = bench.engine
    const head = { seq: 0, hash: EMPTY_LOG_HASH }
    expect(await log.read(LOG, 0, ALL)).toEqual({ before: EMPTY_LOG_HASH, entries: [], head })
    expect((await log.read(LOG, 1, ALL)).before).toEqual(undefined)
    expect(await log.info(LOG)).toEqual({ head, bytes: 0 })
    expect(await log.digests(LOG, 0, 10)).toEqual([])
    expect(await log.getPointer(LOG)).toEqual(undefined)
    expect([...(await log.referencedBlobs(LOG))]).toEqual([])
    expect(await collect(log.list())).toEqual([])
  })

  suite.test('a page ends at its limits, and has one entry at least', async (bench, expect) => {
    const { log } = bench.engine
    for (let seq = 1; seq <= 5; seq++) await append(log, seq)
    const seqs = async (after: number, limit: number, bytes: number): Promise<number[]> =>
      (await log.read(LOG, after, { limit, bytes })).entries.map(({ seq }) => seq)
    expect(await seqs(0, 3, 1e6)).toEqual([1, 2, 3])
    expect(await seqs(1, 10, 599)).toEqual([2, 3])
    expect(await seqs(1, 10, 600)).toEqual([2, 3, 4])
    expect(await seqs(3, 10, 1)).toEqual([4])
    expect(await seqs(4, 10, 1e6)).toEqual([5])
    expect(await seqs(5, 10, 1e6)).toEqual([])
  })

  suite.test('a page says the hash it follows, and none past the end', async (bench, expect) => {
    const { log } = bench.engine
    const [first, second] = [await append(log, 1), await append(log, 2)]
    const before = async (after: number): Promise<string | undefined> =>
      hex((await log.read(LOG, after, ALL)).before)
    expect(await before(0)).toEqual(hex(EMPTY_LOG_HASH))
    expect(await before(1)).toEqual(hex(first.hash))
    expect(await before(2)).toEqual(hex(second.hash))
    expect(await before(3)).toEqual(undefined)
    expect((await log.read(LOG, 3, ALL)).head.seq).toEqual(2)
  })

  suite.test('digests come in order from where one asks', async (bench, expect) => {
    const { log } = bench.engine
    for (let seq = 1; seq <= 4; seq++) await append(log, seq)
    const digests = await log.digests(LOG, 1, 2)
    expect(digests.map(hex)).toEqual([2, 3].map(seq => hex(sha256(bytesOf(seq, 200)))))
  })

  suite.test('packs of no bytes and of 8 MiB come back as they were', async (bench, expect) => {
    const { log } = bench.engine
    const packs = [new Uint8Array(0), bytesOf('large', 8 << 20), bytesOf('after', 3)]
    for (const pack of packs) await log.append(LOG, entryOf(pack))
    await bench.reopen()
    const { entries } = await bench.engine.log.read(LOG, 0, { limit: 10, bytes: 16 << 20 })
    expect(entries.map(({ pack }) => hex(sha256(pack)))).toEqual(packs.map(pack => hex(sha256(pack))))
  })
}
