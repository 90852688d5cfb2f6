import { advanceLogHash } from '@firekeep/core/protocol'
import type { Log } from '../../log/log.js'
import type { ConformanceSuite } from './conformance-suite.js'
import { ALL, append, bytesOf, collect, entryOf, hex, LOG, OTHER_LOG, outcomeOf, sha256 } from './samples.js'

/** Redacting entries and removing logs. */
export function testRemoving(suite: ConformanceSuite): void {
  suite.test('redact replaces the pack and leaves digests and hashes', async (bench, expect) => {
    const { log } = bench.engine
    for (let seq = 1; seq <= 3; seq++) await append(log, seq)
    const before = await log.read(LOG, 0, ALL)
    for (const pack of [bytesOf('small', 50), bytesOf('large', 5000), bytesOf('last', 120)]) {
      await bench.engine.log.redact(LOG, 2, pack)
      await bench.engine.log.redact(LOG, 2, pack)
      await bench.reopen()
      const after = await bench.engine.log.read(LOG, 0, ALL)
      expect(after.entries.map(({ isRedacted }) => isRedacted)).toEqual([false, true, false])
      expect(after.entries.map(({ digest }) => hex(digest))).toEqual(
        before.entries.map(({ digest }) => hex(digest)),
      )
      const packs = [bytesOf(1, 200), pack, bytesOf(3, 200)]
      expect(after.entries.map(entry => hex(entry.pack))).toEqual(packs.map(hex))
      expect(hex(after.head.hash)).toEqual(hex(before.head.hash))
      expect((await bench.engine.log.info(LOG)).bytes).toEqual(512 + Math.max(256, pack.length))
    }
    const next = await append(bench.engine.log, 4)
    expect(hex(next.hash)).toEqual(hex(advanceLogHash(before.head.hash, sha256(bytesOf(4, 200)))))
  })

  suite.test('a redacted pack that is appended again stays away', async (bench, expect) => {
    const { log } = bench.engine
    await append(log, 'purged')
    await log.redact(LOG, 1, bytesOf('rest', 10))
    const again = await append(log, 'purged')
    expect([again.seq, again.isRepeated]).toEqual([1, true])
    expect(hex((await log.read(LOG, 0, ALL)).entries[0]?.pack)).toEqual(hex(bytesOf('rest', 10)))
  })

  suite.test('a redact that would grow the log past maxBytes is refused alone', async (bench, expect) => {
    const { log } = bench.engine
    const blobs = ['a'.repeat(52)]
    await log.append(LOG, entryOf(bytesOf('first', 500), { blobs }))
    const redact = (length: number, maxBytes: number): Promise<string> =>
      outcomeOf(log.redact(LOG, 1, bytesOf('rest', length), maxBytes))
    expect(await redact(700, 753)).toEqual('LIMIT_EXCEEDED')
    expect((await log.info(LOG)).bytes).toEqual(554)
    expect((await log.read(LOG, 0, ALL)).entries[0]?.isRedacted).toEqual(false)
    expect(await redact(700, 754)).toEqual('resolved')
    // What makes it smaller is welcome wherever it stands.
    expect(await redact(300, 10)).toEqual('resolved')
    expect((await log.info(LOG)).bytes).toEqual(354)
  })

  suite.test('redact of an entry that is not there is NOT_FOUND', async (bench, expect) => {
    const { log } = bench.engine
    await append(log, 1)
    const calls = [
      log.redact(LOG, 0, bytesOf(0, 1)),
      log.redact(LOG, 2, bytesOf(0, 1)),
      log.redact(OTHER_LOG, 1, bytesOf(0, 1)),
    ]
    expect(await Promise.all(calls.map(outcomeOf))).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
  })

  suite.test('a removed log is GONE for every verb and for good, and others stay', async (bench, expect) => {
    const { log } = bench.engine
    await append(log, 1)
    await log.setPointer(LOG, { seq: 1, blobs: [], sealed: bytesOf('p', 10) }, undefined)
    await log.append(OTHER_LOG, entryOf(bytesOf('other', 100)))
    await log.remove(LOG)
    for (let round = 0; round < 2; round++) {
      const { log: now } = bench.engine
      expect(new Set(await Promise.all(verbs(now).map(outcomeOf)))).toEqual(new Set(['GONE']))
      expect(await outcomeOf(now.remove(LOG))).toEqual('resolved')
      expect(await collect(now.list())).toEqual([OTHER_LOG])
      expect((await now.info(OTHER_LOG)).bytes).toEqual(256)
      await bench.reopen()
    }
  })

  suite.test('a log that never was can be removed, and can never be', async (bench, expect) => {
    await bench.engine.log.remove(LOG)
    await bench.reopen()
    expect(await outcomeOf(append(bench.engine.log, 1))).toEqual('GONE')
  })

  suite.test('an append that meets a removal is either before it or GONE', async (bench, expect) => {
    const { log } = bench.engine
    const calls = [
      append(log, 1),
      log.remove(LOG),
      append(log, 2),
      log.append(OTHER_LOG, entryOf(bytesOf(3, 9))),
    ]
    expect(await Promise.all(calls.map(outcomeOf))).toEqual(['resolved', 'resolved', 'GONE', 'resolved'])
    expect(await outcomeOf(log.info(LOG))).toEqual('GONE')
  })

  suite.test('the room of a removed log is used again, and shows nothing of it', async (bench, expect) => {
    const { log } = bench.engine
    for (let seq = 1; seq <= 20; seq++) await append(log, seq)
    await log.remove(LOG)
    const packs = Array.from({ length: 30 }, (_, index) => bytesOf(`new ${index}`, 40 + 10 * index))
    for (const pack of packs) await log.append(OTHER_LOG, entryOf(pack))
    await bench.reopen()
    const { entries } = await bench.engine.log.read(OTHER_LOG, 0, ALL)
    expect(entries.map(({ pack }) => hex(pack))).toEqual(packs.map(hex))
  })
}

function verbs(log: Log): Promise<unknown>[] {
  return [
    append(log, 1),
    append(log, 'new'),
    log.read(LOG, 0, ALL),
    log.digests(LOG, 0, 1),
    log.getPointer(LOG),
    log.setPointer(LOG, { seq: 1, blobs: [], sealed: bytesOf('q', 10) }, undefined),
    log.redact(LOG, 1, bytesOf('r', 1)),
    log.info(LOG),
    log.referencedBlobs(LOG),
  ]
}
