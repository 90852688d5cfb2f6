import { codeOf } from '../storage-conformance/samples.js'
import { blobName, pack, pointer, positionAfter } from './packs.js'
import { Heard, type RemoteSuite } from './remote-suite.js'

/** What a reader may do. What he may not is for the replicas to refuse where a remote checks no rights. */
export function testRights(suite: RemoteSuite): void {
  suite.test('a reader reads, follows, and gets blobs and the pointer', async (bench, expect) => {
    const log = await bench.open()
    const blob = blobName(pack(7))
    await log.append(pack(1))
    await log.putBlob(blob, pack(7))
    await log.setPointer(pointer(1, blob), undefined)
    const reader = await bench.openElsewhere(bench.access.read)
    const heard = new Heard()
    reader.follow(1, heard.listener)
    expect((await reader.read(0)).head).toEqual(positionAfter(pack(1)))
    expect((await reader.digests(0, 5)).length).toEqual(1)
    expect(await reader.getBlob(blob)).toEqual(pack(7))
    expect((await reader.getPointer())?.blobs).toEqual([blob])
    await log.append(pack(2))
    await heard.reaches(2)
  })

  suite.test('a reader and a writer of one log at one connector keep their rights', async (bench, expect) => {
    const [writer, reader] = [await bench.open(), await bench.open(bench.access.read)]
    expect((await reader.read(0)).head.seq).toEqual(0)
    await writer.append(pack(1))
    expect((await reader.read(0)).head.seq).toEqual(1)
    reader.close()
    expect(await writer.append(pack(2))).toEqual(positionAfter(pack(1), pack(2)))
  })

  suite.test('a reader that writes is refused, or the remote checks no rights', async (bench, expect) => {
    const reader = await bench.open(bench.access.read)
    const codes = await Promise.all([
      codeOf(reader.append(pack(1))),
      codeOf(reader.putBlob(blobName(pack(7)), pack(7))),
      codeOf(reader.setPointer(pointer(1), undefined)),
    ])
    expect(codes).toEqual(
      codes[0] === undefined ? [undefined, undefined, undefined] : codes.map(() => 'FORBIDDEN'),
    )
  })
}
