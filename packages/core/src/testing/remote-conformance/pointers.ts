import { codeOf } from '../storage-conformance/samples.js'
import { blobName, pack, pointer } from './packs.js'
import type { RemoteSuite } from './remote-suite.js'

/** What stands where the pointer is. */
export function testPointers(suite: RemoteSuite): void {
  suite.test('there is no pointer before one was set', async (bench, expect) => {
    expect(await (await bench.open()).getPointer()).toEqual(undefined)
  })

  suite.test(
    'a pointer that was set is there for all, with the version that names it',
    async (bench, expect) => {
      const log = await bench.open()
      expect(await log.setPointer(pointer(1), undefined)).toEqual(true)
      const expected = { ...pointer(1), version: blobName(pointer(1).sealed) }
      expect(await log.getPointer()).toEqual(expected)
      expect(await (await bench.openElsewhere()).getPointer()).toEqual(expected)
    },
  )

  suite.test('a pointer takes the place of the one it names and of no other', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openElsewhere()]
    const version = (number: number): string => blobName(pointer(number).sealed)
    expect(await log.setPointer(pointer(1), version(9))).toEqual(false)
    expect(await log.setPointer(pointer(1), undefined)).toEqual(true)
    expect(await other.setPointer(pointer(2), undefined)).toEqual(false)
    expect(await other.setPointer(pointer(2), version(1))).toEqual(true)
    expect(await log.setPointer(pointer(3), version(1))).toEqual(false)
    expect(await log.setPointer(pointer(3), version(2))).toEqual(true)
    expect((await other.getPointer())?.version).toEqual(version(3))
  })

  suite.test('setting the pointer that stands there already succeeds', async (bench, expect) => {
    const log = await bench.open()
    await log.setPointer(pointer(1), undefined)
    expect(await log.setPointer(pointer(1), undefined)).toEqual(true)
    expect(await log.setPointer(pointer(1), blobName(pack(5)))).toEqual(true)
    expect((await log.getPointer())?.seq).toEqual(1)
  })

  suite.test('of pointers set at once one stands', async (bench, expect) => {
    const logs = [await bench.open(), await bench.openElsewhere(), await bench.openElsewhere()]
    const isSet = await Promise.all(logs.map((log, i) => log.setPointer(pointer(i + 1), undefined)))
    expect(isSet.filter(Boolean).length).toEqual(1)
    expect((await logs[0]?.getPointer())?.seq).toEqual(isSet.indexOf(true) + 1)
  })

  suite.test('a pointer whose blobs are not all there is refused', async (bench, expect) => {
    const log = await bench.open()
    await log.putBlob(blobName(pack(7)), pack(7))
    const wanting = pointer(1, blobName(pack(7)), blobName(pack(8)))
    expect(await codeOf(log.setPointer(wanting, undefined))).toEqual('BLOCK_MISSING')
    expect(await log.getPointer()).toEqual(undefined)
    await log.putBlob(blobName(pack(8)), pack(8))
    expect(await log.setPointer(wanting, undefined)).toEqual(true)
    expect((await log.getPointer())?.blobs).toEqual(wanting.blobs)
  })
}
