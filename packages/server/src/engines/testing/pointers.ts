import type { RemotePointer } from '@firekeep/core/protocol'
import type { ConformanceSuite } from './conformance-suite.js'
import { append, bytesOf, collect, hex, LOG, nameOf } from './samples.js'

const A = nameOf(bytesOf('blob a', 1))
const B = nameOf(bytesOf('blob b', 1))
const C = nameOf(bytesOf('blob c', 1))
const D = nameOf(bytesOf('blob d', 1))

/** The pointer, and the blobs that must stay. */
export function testPointers(suite: ConformanceSuite): void {
  suite.test(
    'a pointer is replaced by who names the one that stands, and by nobody else',
    async (bench, expect) => {
      const { log } = bench.engine
      const [first, second, third] = [pointerOf(1, [A]), pointerOf(2, [B]), pointerOf(3, [C])]
      expect(await log.setPointer(LOG, first, versionOf(second))).toEqual(false)
      expect(await log.setPointer(LOG, first, undefined)).toEqual(true)
      expect(await log.setPointer(LOG, second, undefined)).toEqual(false)
      const race = [
        log.setPointer(LOG, second, versionOf(first)),
        log.setPointer(LOG, third, versionOf(first)),
      ]
      expect(await Promise.all(race)).toEqual([true, false])
      await bench.reopen()
      const stored = await bench.engine.log.getPointer(LOG)
      expect({ ...stored, sealed: hex(stored?.sealed) }).toEqual({
        ...second,
        sealed: hex(second.sealed),
        version: versionOf(second),
      })
      expect(await collect(bench.engine.log.list())).toEqual([LOG])
    },
  )

  suite.test('the pointer that stands may be set again', async (bench, expect) => {
    const { log } = bench.engine
    const [first, second] = [pointerOf(1, [A]), pointerOf(2, [B])]
    await log.setPointer(LOG, first, undefined)
    await log.setPointer(LOG, second, versionOf(first))
    expect(await log.setPointer(LOG, second, versionOf(first))).toEqual(true)
    expect(await log.setPointer(LOG, first, undefined)).toEqual(false)
    expect([...(await log.referencedBlobs(LOG))].sort()).toEqual([A, B].sort())
  })

  suite.test(
    'blobs stay that the last two pointers or entries after the older one list',
    async (bench, expect) => {
      const { log } = bench.engine
      const referenced = async (): Promise<string[]> =>
        [...(await bench.engine.log.referencedBlobs(LOG))].sort()
      await append(log, 1, { blobs: [A] })
      await append(log, 2, { blobs: [B, C] })
      expect(await referenced()).toEqual([A, B, C].sort())
      const pointers = [pointerOf(1, []), pointerOf(2, [D]), pointerOf(2, [A])]
      const [first, second, third] = pointers as [RemotePointer, RemotePointer, RemotePointer]
      await log.setPointer(LOG, first, undefined)
      expect(await referenced()).toEqual([A, B, C].sort())
      await log.setPointer(LOG, second, versionOf(first))
      expect(await referenced()).toEqual([B, C, D].sort())
      await log.setPointer(LOG, third, versionOf(second))
      await bench.reopen()
      expect(await referenced()).toEqual([A, D].sort())
    },
  )
}

function pointerOf(seq: number, blobs: readonly string[]): RemotePointer {
  return { seq, blobs, sealed: bytesOf(`pointer ${seq} ${blobs}`, 100) }
}

function versionOf(pointer: RemotePointer): string {
  return nameOf(pointer.sealed)
}
