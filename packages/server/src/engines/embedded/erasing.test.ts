import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openEmbeddedEngine } from '../embedded-engine.js'
import { bytesOf, chunksOf, entryOf, FORK, LOG, nameOf, OTHER_LOG } from '../testing/samples.js'
import { openConnection } from './connection.js'
import { FailingConnections } from './fixtures/failing-connections.js'
import { useFolder } from './fixtures/use-folder.js'

const folder = useFolder()
const LOGS = [LOG, OTHER_LOG, FORK]
const PROBE = 24

/** Appends packs of many sizes to all logs in turn; answers them with their places. */
async function fill(engine: Awaited<ReturnType<typeof openEmbeddedEngine>>, count: number, seed = 'fill') {
  const logs = seed === 'again' ? [OTHER_LOG] : LOGS
  const appends = Array.from({ length: count }, async (_, index) => {
    const log = logs[(index * 7) % logs.length] as string
    const pack = bytesOf(`${seed} ${index}`, PROBE + ((index * 397) % (index % 50 === 0 ? 100_000 : 3000)))
    const { seq } = await engine.log.append(log, entryOf(pack))
    return { log, seq, pack }
  })
  return Promise.all(appends)
}

/** How many of the packs have some part in some file. */
async function remaining(packs: readonly Uint8Array[]): Promise<number> {
  const contents = await folder.contents()
  const isThere = (pack: Uint8Array): boolean =>
    [0, Math.floor((pack.length - PROBE) / 2), pack.length - PROBE].some(at =>
      contents.includes(Buffer.from(pack.subarray(at, at + PROBE))),
    )
  return packs.filter(isThere).length
}

it('a scan of all files finds no byte of packs that were redacted, however their rows lay', async () => {
  const engine = await openEmbeddedEngine({ dir: folder.path })
  const entries = await fill(engine, 600)
  // In waves: rows that a change of others moved are overwritten after it.
  const waves = [1, 2, 3].map(wave => entries.filter((_, index) => index % 4 === wave))
  for (const { log, seq, pack } of waves.flat()) {
    const length = seq % 3 === 0 ? pack.length + 500 : Math.floor(pack.length / 8)
    await engine.log.redact(log, seq, bytesOf(`rest ${log} ${seq}`, length))
  }
  const redacted = waves.flat()
  expect(await remaining(redacted.map(({ pack }) => pack))).toBe(0)
  expect(await remaining(entries.slice(0, 1).map(({ pack }) => pack))).toBe(1)
  await engine.close()
})

it('a scan of all files finds no byte of a removed log, its pointer and blobs, nor of packs whose room was used again', async () => {
  const engine = await openEmbeddedEngine({ dir: folder.path })
  const entries = await fill(engine, 200)
  const [sealed, blob] = [bytesOf('sealed', 500), bytesOf('blob', 5000)]
  await engine.log.setPointer(LOG, { seq: 1, blobs: [], sealed }, undefined)
  await engine.blobs.put(LOG, nameOf(blob), chunksOf(blob), 5000)
  await engine.log.remove(LOG)
  await engine.blobs.removeAll(LOG)
  const removed = entries.filter(({ log }) => log === LOG).map(({ pack }) => pack)
  expect(removed.length).toBeGreaterThan(50)
  expect(await remaining([sealed, blob, ...removed])).toBe(0)
  await fill(engine, 200, 'again')
  const others = entries.filter(({ log }) => log !== LOG)
  for (const { log, seq } of others) await engine.log.redact(log, seq, new Uint8Array(0))
  expect(await remaining(others.map(({ pack }) => pack))).toBe(0)
  await engine.close()
})

it('a removal that was cut short is finished when the folder is opened', async () => {
  const connections = new FailingConnections()
  const first = await openEmbeddedEngine({ dir: folder.path, connect: connections.connect })
  const entries = (await fill(first, 900)).filter(({ log }) => log === LOG)
  const last = [entries.at(-1)?.pack as Uint8Array]
  connections.failCommitAfter(2)
  await expect(first.log.remove(LOG)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await first.close()
  expect(await remaining(last)).toBe(1)
  const second = await openEmbeddedEngine({ dir: folder.path })
  expect(await remaining(last)).toBe(0)
  await expect(second.log.info(LOG)).rejects.toMatchObject({ code: 'GONE' })
  expect((await second.log.info(OTHER_LOG)).head.seq).toBe(300)
  await second.close()
})

it('a removal that failed is finished after the next check, while the engine stays open', async () => {
  const connections = new FailingConnections()
  const engine = await openEmbeddedEngine({ dir: folder.path, connect: connections.connect })
  const entries = (await fill(engine, 900)).filter(({ log }) => log === LOG)
  connections.failCommitAfter(2)
  await expect(engine.log.remove(LOG)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await engine.check()
  await engine.close()
  expect(await remaining([entries.at(-1)?.pack as Uint8Array])).toBe(0)
})

it('the bytes of a redacted pack that a crash left are gone when the folder is open again', async () => {
  const [before, after] = [join(folder.path, 'before'), join(folder.path, 'after')]
  const connect = async (file: string) => ({ ...(await openConnection(file)), checkpoint: async () => false })
  const first = await openEmbeddedEngine({ dir: before, connect })
  const pack = bytesOf('purged', 3000)
  await first.log.append(LOG, entryOf(pack))
  await expect(first.log.redact(LOG, 1, bytesOf('rest', 100))).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
  })
  await cp(before, after, { recursive: true })
  await first.close()
  await rm(before, { recursive: true })
  expect(await remaining([pack])).toBe(1)
  const second = await openEmbeddedEngine({ dir: after })
  expect(await remaining([pack])).toBe(0)
  await second.close()
})
