import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH, type LogEntry } from '@firekeep/core/protocol'
import { expect, it } from 'vitest'
import { Device } from './fixtures/device.js'
import { readRawLog } from './fixtures/raw-log.js'
import { seeded } from './fixtures/seeded.js'
import { runCommand, ServerProcess } from './fixtures/server-process.js'
import { tempFolder } from './fixtures/temp-folder.js'
import { Writer } from './fixtures/writer.js'

const KILLS = 20
const SEED = Number(process.env.FIREKEEP_SEED ?? randomBytes(4).readUInt32BE())
/** Clients that share a database, clients with one of their own in memory, and in files. */
const [SHARING, IN_MEMORY, IN_FILES] = [6, 10, 4]

it(`loses nothing that it acknowledged when it is killed ${KILLS} times under 20 writers (seed ${SEED})`, async () => {
  const folder = await tempFolder()
  const random = seeded(SEED)
  const dir = join(folder, 'data')
  let server = await ServerProcess.start(dir)
  const { url, port } = server
  const groups = startWriters(url, folder)
  const writers = groups.flat()
  for (let kill = 0; kill < KILLS; kill++) {
    await everyDatabaseGoesOn(groups)
    await acknowledgements(writers, Math.floor(40 * random()))
    await server.kill()
    server = await ServerProcess.start(dir, port)
  }
  await Promise.all(writers.map(writer => writer.stop()))
  await Promise.all(writers.map(({ device }) => device.synced()))
  for (const group of groups) await audit(url, group)
  expect(writers.flatMap(({ device }) => device.codes)).toEqual([])
  expect(await server.end()).toBe(0)
  expect(await runCommand('check', '--dir', dir)).toContain(' 0 faults')
}, 300_000)

/** A group shares a database. */
function startWriters(url: string, folder: string): readonly (readonly Writer[])[] {
  const key = new Uint8Array(randomBytes(32))
  const group = (devices: readonly Device[], name: string): readonly Writer[] =>
    devices.map((device, index) => new Writer(`${name}-${index}`, device))
  const groups = [
    group(
      Array.from({ length: SHARING }, () => new Device({ url, key })),
      'sharing',
    ),
    ...Array.from({ length: IN_MEMORY }, () => group([new Device({ url })], 'memory')),
    ...Array.from({ length: IN_FILES }, (_, index) =>
      group([new Device({ url, dir: join(folder, `device-${index}`) })], 'files'),
    ),
  ]
  for (const writer of groups.flat()) writer.start()
  return groups
}

/**
 * Resolves when each database goes on: nobody told its clients that there is a server again. Those who share one need
 * not all be back, as the pauses between their tries grow where they seldom get through.
 */
async function everyDatabaseGoesOn(groups: readonly (readonly Writer[])[]): Promise<void> {
  await Promise.all(groups.map(group => acknowledgements(group, 1)))
}

/** Resolves when so many more appends were acknowledged to anybody. */
async function acknowledgements(writers: readonly Writer[], more: number): Promise<void> {
  const count = () => writers.reduce((sum, { device }) => sum + device.remote.acknowledged.length, 0)
  const enough = count() + more
  while (count() < enough) await Promise.race(writers.map(({ device }) => device.remote.nextAcknowledged()))
}

/** Every acknowledged entry stands at its place, and a new device sees every document. */
async function audit(url: string, group: readonly Writer[]): Promise<void> {
  const [{ device }] = group as readonly [Writer]
  const entries = await readRawLog(url, device.remote.access)
  const hashes = hashesOf(entries)
  for (const { seq, hash, pack } of group.flatMap(({ device }) => device.remote.acknowledged)) {
    const entry = entries[seq - 1]
    expect(entry?.seq).toBe(seq)
    expect(Buffer.from(digestPack(pack)).equals(entry?.digest ?? new Uint8Array())).toBe(true)
    expect(Buffer.from(hash).equals(hashes[seq] as Uint8Array)).toBe(true)
  }
  const fresh = new Device({ url, key: await device.db.exportKey() })
  await fresh.synced()
  const written = group.flatMap(writer => writer.written)
  expect([...(await fresh.ids())].sort()).toEqual([...written].sort())
  expect(await fresh.db.clock()).toEqual(await device.db.clock())
  expect(fresh.codes).toEqual([])
  await fresh.close()
}

/** The running hash at every place, by the law of the port. */
function hashesOf(entries: readonly LogEntry[]): readonly Uint8Array[] {
  const hashes = [EMPTY_LOG_HASH]
  for (const { digest } of entries) hashes.push(advanceLogHash(hashes.at(-1) as Uint8Array, digest))
  return hashes
}
