import { digestPack, EMPTY_LOG_HASH } from '../../protocol/log-hash.js'
import type { RemoteLog } from '../../protocol/remote.js'
import { pack, positionAfter } from './packs.js'
import type { RemoteSuite } from './remote-suite.js'

const PACKS = Array.from({ length: 7 }, (_, number) => pack(number, 1000))

/** What `read` and `digests` answer. */
export function testReading(suite: RemoteSuite): void {
  suite.test('an empty log has no entries, and a head of 0 and 32 zero bytes', async (bench, expect) => {
    const log = await bench.open()
    expect(await log.read(0)).toEqual({ before: EMPTY_LOG_HASH, entries: [], head: positionAfter() })
    expect(await log.digests(0, 10)).toEqual([])
  })

  suite.test('entries come oldest first, with their digests', async (bench, expect) => {
    const log = await filled(await bench.open())
    const { entries, head } = await log.read(0)
    expect(entries).toEqual(
      PACKS.map((bytes, i) => ({ seq: i + 1, digest: digestPack(bytes), pack: bytes, isRedacted: false })),
    )
    expect(head).toEqual(positionAfter(...PACKS))
  })

  suite.test('reading goes on after a number, and tells the running hash there', async (bench, expect) => {
    await filled(await bench.open())
    const log = await bench.openElsewhere()
    const page = await log.read(5)
    expect(page.before).toEqual(positionAfter(...PACKS.slice(0, 5)).hash)
    expect(page.entries.map(entry => entry.seq)).toEqual([6, 7])
  })

  suite.test('at the end there is nothing more, and past it no running hash', async (bench, expect) => {
    const log = await filled(await bench.open())
    const head = positionAfter(...PACKS)
    expect(await log.read(7)).toEqual({ before: head.hash, entries: [], head })
    expect(await log.read(8)).toEqual({ before: undefined, entries: [], head })
    expect(await log.digests(8, 5)).toEqual([])
  })

  suite.test('a page has at most as many entries as asked for', async (bench, expect) => {
    const log = await filled(await bench.open())
    const page = await log.read(2, { limit: 3 })
    expect(page.entries.map(entry => entry.seq)).toEqual([3, 4, 5])
    expect(page.head.seq).toEqual(7)
  })

  suite.test(
    'a page has at most as many bytes as asked for, but one entry at least',
    async (bench, expect) => {
      const log = await filled(await bench.open())
      const seqs = async (bytes: number): Promise<number[]> =>
        (await log.read(1, { bytes })).entries.map(entry => entry.seq)
      expect(await seqs(1)).toEqual([2])
      expect(await seqs(1999)).toEqual([2])
      expect(await seqs(2000)).toEqual([2, 3])
    },
  )

  suite.test('digests come without the packs, as many as asked for', async (bench, expect) => {
    const log = await filled(await bench.open())
    expect(await log.digests(0, 100)).toEqual(PACKS.map(digestPack))
    expect(await log.digests(3, 2)).toEqual(PACKS.slice(3, 5).map(digestPack))
  })

  suite.test('reads and appends asked for at once are all answered', async (bench, expect) => {
    const log = await filled(await bench.open())
    const answers = await Promise.all([
      ...PACKS.map((_, after) => log.read(after, { limit: 1 }).then(page => page.entries[0]?.seq)),
      log.append(pack(100)).then(position => position.seq),
    ])
    expect(answers).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
}

async function filled(log: RemoteLog): Promise<RemoteLog> {
  for (const bytes of PACKS) await log.append(bytes)
  return log
}
