import { codeOf } from '../storage-conformance/samples.js'
import { blobName, pack, positionAfter, same } from './packs.js'
import type { RemoteSuite } from './remote-suite.js'

const LARGE = 700_001

/** What `append` does and answers. */
export function testAppending(suite: RemoteSuite): void {
  suite.test(
    'packs get numbers from 1 without gaps and a running hash over all before',
    async (bench, expect) => {
      const log = await bench.open()
      expect(await log.append(pack(1))).toEqual(positionAfter(pack(1)))
      expect(await log.append(pack(2))).toEqual(positionAfter(pack(1), pack(2)))
      const other = await bench.openElsewhere()
      expect(await other.append(pack(3))).toEqual(positionAfter(pack(1), pack(2), pack(3)))
    },
  )

  suite.test('a pack that is already there is answered with its first place', async (bench, expect) => {
    const log = await bench.open()
    const first = await log.append(pack(1))
    await log.append(pack(2))
    expect(await log.append(pack(1))).toEqual(first)
    expect(await (await bench.openElsewhere()).append(pack(1))).toEqual(first)
    expect((await log.read(0)).head.seq).toEqual(2)
  })

  suite.test('packs appended at once by two devices all get a place of their own', async (bench, expect) => {
    const logs = [await bench.open(), await bench.openElsewhere()]
    const packs = Array.from({ length: 12 }, (_, number) => pack(number))
    const positions = await Promise.all(packs.map((bytes, i) => logs[i % 2]?.append(bytes)))
    const { entries, head } = await (await bench.open()).read(0)
    expect(positions.map(position => position?.seq).sort(ascending)).toEqual(packs.map((_, i) => i + 1))
    expect(head).toEqual(positionAfter(...entries.map(entry => entry.pack)))
    for (const [i, position] of positions.entries()) {
      expect(entries[(position?.seq ?? 0) - 1]?.pack).toEqual(packs[i])
    }
  })

  suite.test('the same pack appended twice at once stands there once', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openElsewhere()]
    const positions = await Promise.all([log.append(pack(1)), other.append(pack(1)), log.append(pack(1))])
    expect(positions).toEqual(Array.from({ length: 3 }, () => positionAfter(pack(1))))
    expect((await log.read(0)).entries.length).toEqual(1)
  })

  suite.test('what becomes of the given bytes afterwards changes nothing', async (bench, expect) => {
    const log = await bench.open()
    const bytes = pack(1)
    await log.append(bytes)
    bytes.fill(0)
    const read = (await log.read(0)).entries[0]?.pack
    expect(read).toEqual(pack(1))
    read?.fill(0)
    expect((await log.read(0)).entries[0]?.pack).toEqual(pack(1))
  })

  suite.test('an empty pack and a large one come back as they were', async (bench, expect) => {
    const log = await bench.open()
    await log.append(new Uint8Array(0))
    await log.append(pack(2, LARGE))
    const { entries } = await (await bench.openElsewhere()).read(0)
    expect(entries[0]?.pack).toEqual(new Uint8Array(0))
    expect(same(entries[1]?.pack, pack(2, LARGE))).toEqual(true)
  })

  suite.test('a pack may refer to blobs that are there and to no other', async (bench, expect) => {
    const log = await bench.open()
    const blobs = [blobName(pack(7))]
    expect(await codeOf(log.append(pack(1), { blobs }))).toEqual('BLOCK_MISSING')
    expect((await log.read(0)).entries).toEqual([])
    await log.putBlob(blobName(pack(7)), pack(7))
    expect(await log.append(pack(1), { blobs })).toEqual(positionAfter(pack(1)))
  })

  suite.test('the logs of two databases do not see each other', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openOther()]
    await log.append(pack(1))
    await log.putBlob(blobName(pack(7)), pack(7))
    expect((await other.read(0)).entries).toEqual([])
    expect(await other.getBlob(blobName(pack(7)))).toEqual(undefined)
    expect(await codeOf(other.append(pack(2), { blobs: [blobName(pack(7))] }))).toEqual('BLOCK_MISSING')
    expect(await other.append(pack(2))).toEqual(positionAfter(pack(2)))
    expect((await log.read(0)).head).toEqual(positionAfter(pack(1)))
  })
}

function ascending(a: number | undefined, b: number | undefined): number {
  return (a ?? 0) - (b ?? 0)
}
