import { codeOf } from '../storage-conformance/samples.js'
import { blobName, pack, same } from './packs.js'
import type { RemoteSuite } from './remote-suite.js'

const BLOB = pack(1, 700_001)
const NAME = blobName(BLOB)

/** What `putBlob` and `getBlob` do. */
export function testBlobs(suite: RemoteSuite): void {
  suite.test('a blob comes back whole, here and elsewhere', async (bench, expect) => {
    const log = await bench.open()
    await log.putBlob(NAME, BLOB)
    expect(same(await log.getBlob(NAME), BLOB)).toEqual(true)
    expect(same(await (await bench.openElsewhere()).getBlob(NAME), BLOB)).toEqual(true)
  })

  suite.test('a range of a blob has what there is of it', async (bench, expect) => {
    const log = await bench.open()
    await log.putBlob(NAME, BLOB)
    const { length } = BLOB
    for (const [offset, count] of [
      [0, 10],
      [65_530, 20],
      [length - 5, 5],
      [length - 5, 50],
      [0, length],
      [0, length + 100],
      [length, 10],
      [length + 100, 10],
      [17, 0],
    ] as const) {
      const bytes = await log.getBlob(NAME, { range: { offset, length: count } })
      expect(same(bytes, BLOB.slice(offset, offset + count))).toEqual(true)
    }
  })

  suite.test('a blob that is not there is undefined, whatever is asked of it', async (bench, expect) => {
    const log = await bench.open()
    await log.append(pack(1))
    expect(await log.getBlob(NAME)).toEqual(undefined)
    expect(await log.getBlob(NAME, { range: { offset: 0, length: 5 } })).toEqual(undefined)
    expect(await log.getBlob(NAME, { range: { offset: 5, length: 0 } })).toEqual(undefined)
  })

  suite.test('bytes under a wrong name are CORRUPT and not kept', async (bench, expect) => {
    const log = await bench.open()
    expect(await codeOf(log.putBlob(NAME, pack(2)))).toEqual('CORRUPT')
    expect(await codeOf(log.putBlob('../../name', pack(2)))).toEqual('CORRUPT')
    expect(await log.getBlob(NAME)).toEqual(undefined)
  })

  suite.test('a blob that comes as a Blob is stored like one that comes as bytes', async (bench, expect) => {
    const log = await bench.open()
    const parts = new Blob([BLOB.slice(0, 300_000), BLOB.slice(300_000)])
    await log.putBlob(NAME, parts)
    expect(same(await log.getBlob(NAME), BLOB)).toEqual(true)
    const other = blobName(pack(2))
    expect(await codeOf(log.putBlob(other, parts))).toEqual('CORRUPT')
    expect(await log.getBlob(other)).toEqual(undefined)
  })

  suite.test('a name that none can have is a blob that is not there', async (bench, expect) => {
    const log = await bench.open()
    await log.putBlob(NAME, BLOB)
    for (const name of ['', '..', `../${NAME}`, `${NAME}/`, NAME.toUpperCase(), 'a?b#c']) {
      expect(await log.getBlob(name)).toEqual(undefined)
    }
  })

  suite.test('a blob that is put again, also at once, stays as it is', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openElsewhere()]
    await Promise.all([log.putBlob(NAME, BLOB), other.putBlob(NAME, BLOB), log.putBlob(NAME, BLOB)])
    await other.putBlob(NAME, BLOB)
    expect(same(await log.getBlob(NAME), BLOB)).toEqual(true)
  })

  suite.test('an empty blob is a blob', async (bench, expect) => {
    const log = await bench.open()
    const empty = new Uint8Array(0)
    await log.putBlob(blobName(empty), empty)
    expect(await log.getBlob(blobName(empty))).toEqual(empty)
    expect(await log.getBlob(blobName(empty), { range: { offset: 0, length: 9 } })).toEqual(empty)
  })
}
