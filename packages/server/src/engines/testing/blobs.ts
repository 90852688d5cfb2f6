import type { Blobs } from '../../blobs/blobs.js'
import type { ConformanceSuite } from './conformance-suite.js'
import {
  bytesOf,
  chunksOf,
  collect,
  FORK,
  hex,
  LOG,
  nameOf,
  OTHER_LOG,
  outcomeOf,
  putBlob,
  sha256,
} from './samples.js'

/** Blobs. */
export function testBlobs(suite: ConformanceSuite): void {
  testStoring(suite)
  testListing(suite)
}

function testStoring(suite: ConformanceSuite): void {
  suite.test('a blob comes back whole and in ranges', async (bench, expect) => {
    const bytes = bytesOf('blob', 300_000)
    const name = await putBlob(bench.engine.blobs, bytes)
    await bench.reopen()
    const { blobs } = bench.engine
    expect(hex(await read(blobs, name))).toEqual(hex(bytes))
    for (const [offset, length] of [
      [0, 1],
      [7, 200_000],
      [299_990, 100],
      [299_999, 1],
      [300_000, 5],
      [400_000, 5],
      [5, 0],
    ]) {
      const range = { offset: offset as number, length: length as number }
      expect(hex(await read(blobs, name, range))).toEqual(
        hex(bytes.slice(range.offset, range.offset + range.length)),
      )
    }
    expect(hex(await read(blobs, name, { offset: 299_000 }))).toEqual(hex(bytes.slice(299_000)))
    expect((await blobs.get(LOG, name, { offset: 5, length: 1 }))?.size).toEqual(300_000)
  })

  suite.test('the empty blob is a blob', async (bench, expect) => {
    const { blobs } = bench.engine
    const name = await putBlob(blobs, new Uint8Array(0))
    expect(await blobs.has(LOG, name)).toEqual(true)
    expect(await read(blobs, name)).toEqual(new Uint8Array(0))
  })

  suite.test('20 MB are streamed in and out', async (bench, expect) => {
    const { blobs } = bench.engine
    const bytes = bytesOf('large', 20_000_000)
    const name = nameOf(bytes)
    await blobs.put(LOG, name, chunksOf(bytes, 65_536), bytes.length)
    expect(hex(sha256(await read(blobs, name)))).toEqual(hex(sha256(bytes)))
  })

  suite.test('wrong, too many or interrupted bytes are refused and leave nothing', async (bench, expect) => {
    const { blobs } = bench.engine
    const bytes = bytesOf('blob', 5000)
    const name = nameOf(bytes)
    const puts = [
      blobs.put(LOG, name, chunksOf(bytes.subarray(1)), 5000),
      blobs.put(LOG, name, chunksOf(bytes), 4999),
      blobs.put(LOG, name, broken(bytes), 5000),
    ]
    expect(await Promise.all(puts.map(outcomeOf))).toEqual([
      'CORRUPT',
      'LIMIT_EXCEEDED',
      'Error: the line broke',
    ])
    expect(await blobs.has(LOG, name)).toEqual(false)
    expect(await blobs.get(LOG, name)).toEqual(undefined)
    expect(await collect(blobs.list(LOG))).toEqual([])
    await blobs.put(LOG, name, chunksOf(bytes), 5000)
    expect(await outcomeOf(blobs.put(LOG, name, chunksOf(bytes.subarray(1)), 5000))).toEqual('CORRUPT')
    expect(hex(await read(blobs, name))).toEqual(hex(bytes))
  })

  suite.test('a reader that leaves early, or never begins, holds nothing', async (bench, expect) => {
    const { blobs } = bench.engine
    const name = await putBlob(blobs, bytesOf('blob', 500_000))
    await blobs.get(LOG, name)
    for await (const chunk of (await blobs.get(LOG, name))?.stream ?? []) {
      expect(chunk.length > 0).toEqual(true)
      break
    }
    await blobs.remove(LOG, [name])
    expect(await blobs.has(LOG, name)).toEqual(false)
  })
}

function testListing(suite: ConformanceSuite): void {
  suite.test('a touched blob has the time of now, and a missing one stays missing', async (bench, expect) => {
    const { blobs } = bench.engine
    const name = await putBlob(blobs, bytesOf('touched', 9))
    const missing = nameOf(bytesOf('missing', 9))
    const [before] = await collect(blobs.list(LOG))
    await blobs.touch(LOG, [name, missing])
    const [after, ...others] = await collect(blobs.list(LOG))
    expect(after?.name).toEqual(name)
    expect((after?.time ?? 0) >= (before?.time ?? 1)).toEqual(true)
    expect(others).toEqual([])
  })

  suite.test(
    'blobs are listed with size and time, and putting one again renews its time',
    async (bench, expect) => {
      const { blobs } = bench.engine
      const [a, b] = [bytesOf('a', 10), bytesOf('b', 2000)]
      await putBlob(blobs, a)
      bench.time += 5000
      await putBlob(blobs, b)
      bench.time += 5000
      await putBlob(blobs, a)
      await bench.reopen()
      const listed = await collect(bench.engine.blobs.list(LOG))
      expect(listed.sort((x, y) => x.bytes - y.bytes)).toEqual([
        { name: nameOf(a), bytes: 10, time: bench.time },
        { name: nameOf(b), bytes: 2000, time: bench.time - 5000 },
      ])
    },
  )

  suite.test('each log has blobs of its own', async (bench, expect) => {
    const { blobs } = bench.engine
    const bytes = bytesOf('shared', 10)
    const name = await putBlob(blobs, bytes)
    await putBlob(blobs, bytes, FORK)
    expect(await Promise.all([LOG, OTHER_LOG, FORK].map(log => blobs.has(log, name)))).toEqual([
      true,
      false,
      true,
    ])
    expect(await blobs.remove(LOG, [name])).toEqual([name])
    expect(await blobs.has(FORK, name)).toEqual(true)
    await putBlob(blobs, bytes)
    await blobs.removeAll(FORK)
    await blobs.removeAll(OTHER_LOG)
    expect(await Promise.all([LOG, FORK].map(log => blobs.has(log, name)))).toEqual([true, false])
    expect((await collect(blobs.logs())).includes(LOG)).toEqual(true)
  })

  suite.test(
    'remove spares what was put at the bound or later, and says what went',
    async (bench, expect) => {
      const { blobs } = bench.engine
      const old = await putBlob(blobs, bytesOf('old', 10))
      const renewed = await putBlob(blobs, bytesOf('renewed', 10))
      bench.time += 1000
      await putBlob(blobs, bytesOf('renewed', 10))
      const missing = nameOf(bytesOf('missing', 10))
      expect(await blobs.remove(LOG, [renewed, old, missing], bench.time)).toEqual([old])
      expect(await blobs.remove(LOG, [renewed, old], bench.time + 1)).toEqual([renewed])
    },
  )

  suite.test('names and logs that are none are refused by every verb', async (bench, expect) => {
    const { blobs } = bench.engine
    const name = nameOf(bytesOf('blob', 1))
    const wrong: [string, string][] = [
      [LOG, '../../lock'],
      [LOG, ''],
      [LOG, name.toUpperCase()],
      [LOG, `${name}/`],
      [LOG, `${name}\n`],
      [LOG, `${name.slice(0, 51)}b`],
      ['..', name],
      ['', name],
      [`${LOG}/..`, name],
      [`${LOG}\0`, name],
    ]
    for (const [log, blob] of wrong) {
      const calls = [
        async () => blobs.put(log, blob, chunksOf(bytesOf('blob', 1)), 10),
        async () => blobs.get(log, blob),
        async () => blobs.has(log, blob),
        async () => blobs.remove(log, [blob]),
      ]
      if (log !== LOG)
        calls.push(
          async () => blobs.removeAll(log),
          async () => void (await collect(blobs.list(log))),
        )
      const outcomes = await Promise.all(calls.map(call => outcomeOf(call())))
      expect([log, blob, new Set(outcomes)]).toEqual([log, blob, new Set(['INTERNAL'])])
    }
  })
}

async function* broken(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes.subarray(0, 1000)
  throw new Error('the line broke')
}

async function read(
  blobs: Blobs,
  name: string,
  range?: { offset: number; length?: number },
): Promise<Uint8Array> {
  const content = await blobs.get(LOG, name, range)
  if (content === undefined) throw new Error('the blob is not there')
  return Uint8Array.from(Buffer.concat(await collect(content.stream)))
}
