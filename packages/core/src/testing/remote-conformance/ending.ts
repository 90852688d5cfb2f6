import type { RemoteLog } from '../../protocol/remote.js'
import { codeOf } from '../storage-conformance/samples.js'
import { blobName, pack, pointer, positionAfter } from './packs.js'
import type { RemoteSuite } from './remote-suite.js'

/** What closing and abort signals end, and what they leave alone. */
export function testEnding(suite: RemoteSuite): void {
  suite.test('opening again finds everything', async (bench, expect) => {
    const log = await bench.open()
    await log.append(pack(1))
    log.close()
    const { entries, head } = await (await bench.open()).read(0)
    expect(entries.map(entry => entry.pack)).toEqual([pack(1)])
    expect(head).toEqual(positionAfter(pack(1)))
  })

  suite.test(
    'closing ends what is under way and refuses what comes after, with ABORTED',
    async (bench, expect) => {
      const log = await bench.open()
      await log.append(pack(1))
      const underWay = verbs(log).map(codeOf)
      log.close()
      log.close()
      for (const code of await Promise.all(underWay)) {
        expect([undefined, 'ABORTED'].includes(code)).toEqual(true)
      }
      for (const code of await Promise.all(verbs(log).map(codeOf))) expect(code).toEqual('ABORTED')
    },
  )

  suite.test('closing a log leaves the same one alone that others have open', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.open()]
    await log.append(pack(1))
    log.close()
    expect(await other.append(pack(2))).toEqual(positionAfter(pack(1), pack(2)))
  })

  suite.test('a signal that fired before the call keeps anything from happening', async (bench, expect) => {
    const log = await bench.open()
    const signal = AbortSignal.abort()
    for (const code of await Promise.all(verbs(log, signal).map(codeOf))) expect(code).toEqual('ABORTED')
    const { head } = await log.read(0)
    expect(head.seq).toEqual(0)
    expect(await log.getPointer()).toEqual(undefined)
  })

  suite.test('a signal ends the call it was given to and no other', async (bench, expect) => {
    const log = await bench.open()
    await log.append(pack(1))
    const abort = new AbortController()
    const ended = verbs(log, abort.signal).map(codeOf)
    const going = log.read(0)
    abort.abort()
    for (const code of await Promise.all(ended)) expect([undefined, 'ABORTED'].includes(code)).toEqual(true)
    expect((await going).entries[0]?.pack).toEqual(pack(1))
  })
}

function verbs(log: RemoteLog, signal?: AbortSignal): Promise<unknown>[] {
  const options = { signal }
  return [
    log.append(pack(2), options),
    log.read(0, options),
    log.digests(0, 10, signal),
    log.putBlob(blobName(pack(8)), pack(8), signal),
    log.getBlob(blobName(pack(7)), options),
    log.getPointer(signal),
    log.setPointer(pointer(2), undefined, signal),
    log.redact(1, pack(1), signal),
  ]
}
