import { digestPack } from '../../protocol/log-hash.js'
import type { RemoteLog } from '../../protocol/remote.js'
import { codeOf } from '../storage-conformance/samples.js'
import { blobName, pack, pointer, positionAfter } from './packs.js'
import type { RemoteSuite } from './remote-suite.js'

/** What `redact` and `delete` leave. */
export function testForgetting(suite: RemoteSuite): void {
  suite.test(
    'a redacted entry has the new pack, and keeps number, digest and hashes',
    async (bench, expect) => {
      const log = await bench.open()
      for (const number of [1, 2, 3]) await log.append(pack(number))
      await log.redact(2, pack(20, 10))
      const { entries, head } = await (await bench.openElsewhere()).read(1)
      expect(entries[0]).toEqual({
        seq: 2,
        digest: digestPack(pack(2)),
        pack: pack(20, 10),
        isRedacted: true,
      })
      expect(entries[1]?.isRedacted).toEqual(false)
      expect(head).toEqual(positionAfter(pack(1), pack(2), pack(3)))
      expect(await log.digests(1, 1)).toEqual([digestPack(pack(2))])
    },
  )

  suite.test('a redacted pack that is appended again is answered with its place', async (bench, expect) => {
    const log = await bench.open()
    for (const number of [1, 2]) await log.append(pack(number))
    await log.redact(1, pack(20))
    expect(await log.append(pack(1))).toEqual(positionAfter(pack(1)))
    expect((await log.read(0, { limit: 1 })).entries[0]?.pack).toEqual(pack(20))
  })

  suite.test('an entry can be redacted again', async (bench, expect) => {
    const log = await bench.open()
    await log.append(pack(1))
    await log.redact(1, pack(20))
    await log.redact(1, pack(20))
    await (await bench.openElsewhere()).redact(1, pack(21))
    expect((await log.read(0)).entries[0]?.pack).toEqual(pack(21))
  })

  suite.test('an entry that is not there cannot be redacted', async (bench, expect) => {
    const log = await bench.open()
    await log.append(pack(1))
    expect(await codeOf(log.redact(2, pack(20)))).toEqual('NOT_FOUND')
    expect((await log.read(0)).head).toEqual(positionAfter(pack(1)))
  })

  suite.test('a deleted database is GONE for everybody and for good', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openElsewhere()]
    await log.append(pack(1))
    await log.putBlob(blobName(pack(7)), pack(7))
    await log.setPointer(pointer(1), undefined)
    await other.read(0)
    await log.delete()
    for (const each of [log, other, await bench.openElsewhere()]) {
      for (const code of await Promise.all(verbs(each).map(codeOf))) expect(code).toEqual('GONE')
    }
  })

  suite.test('deleting again changes nothing, and other databases stay', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openOther()]
    await log.append(pack(1))
    await other.append(pack(1))
    await log.delete()
    expect([undefined, 'GONE'].includes(await codeOf(log.delete()))).toEqual(true)
    expect(await codeOf(log.append(pack(2)))).toEqual('GONE')
    expect((await other.read(0)).head.seq).toEqual(1)
  })

  suite.test('a database that never had anything can be deleted', async (bench, expect) => {
    const log = await bench.open()
    await log.delete()
    expect(await codeOf(log.append(pack(1)))).toEqual('GONE')
  })
}

function verbs(log: RemoteLog): Promise<unknown>[] {
  return [
    log.append(pack(2)),
    log.read(0),
    log.digests(0, 10),
    log.putBlob(blobName(pack(8)), pack(8)),
    log.getBlob(blobName(pack(7))),
    log.getPointer(),
    log.setPointer(pointer(2), undefined),
    log.redact(1, pack(20)),
  ]
}
