import type { ConformanceSuite } from './conformance-suite.js'
import { ALL, append, bytesOf, chunksOf, collect, LOG, nameOf, outcomeOf } from './samples.js'

/** Opening and closing. */
export function testLifetime(suite: ConformanceSuite): void {
  suite.test(
    'after close every call rejects with CLOSED, and close may be called again',
    async (bench, expect) => {
      const { engine } = bench
      const { log, blobs } = engine
      await append(log, 1)
      await engine.check()
      await engine.close()
      await engine.close()
      const name = nameOf(bytesOf('blob', 1))
      const calls = [
        async () => append(log, 2),
        async () => log.read(LOG, 0, ALL),
        async () => log.digests(LOG, 0, 1),
        async () => log.getPointer(LOG),
        async () => log.setPointer(LOG, { seq: 1, blobs: [], sealed: bytesOf('p', 1) }, undefined),
        async () => log.redact(LOG, 1, bytesOf('r', 1)),
        async () => log.remove(LOG),
        async () => log.info(LOG),
        async () => collect(log.list()),
        async () => log.referencedBlobs(LOG),
        async () => log.watch(() => {}),
        async () => blobs.put(LOG, name, chunksOf(bytesOf('blob', 1)), 10),
        async () => blobs.get(LOG, name),
        async () => blobs.has(LOG, name),
        async () => collect(blobs.logs()),
        async () => collect(blobs.list(LOG)),
        async () => blobs.remove(LOG, [name]),
        async () => blobs.removeAll(LOG),
        async () => engine.check(),
      ]
      const outcomes = await Promise.all(calls.map(call => outcomeOf(call())))
      expect(outcomes).toEqual(calls.map(() => 'CLOSED'))
    },
  )

  suite.test('close waits for what is under way', async (bench, expect) => {
    const { log, blobs } = bench.engine
    const ended: string[] = []
    const bytes = bytesOf('blob', 5000)
    const calls = [
      append(log, 1).then(() => ended.push('append')),
      log.remove(LOG).then(() => ended.push('remove')),
      blobs.put(LOG, nameOf(bytes), chunksOf(bytes), 5000).then(() => ended.push('put')),
    ]
    await bench.engine.close()
    ended.push('close')
    expect(ended.at(-1)).toEqual('close')
    await Promise.all(calls)
    expect(ended.length).toEqual(4)
  })
}
