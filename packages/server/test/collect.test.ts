import { randomBytes } from 'node:crypto'
import type { LogAccess, StoredPointer } from '@firekeep/core'
import { expect, it } from 'vitest'
import { Device } from './fixtures/device.js'
import { TestServer } from './fixtures/test-server.js'
import { untilPointer } from './fixtures/until-pointer.js'

const COMPACTIONS = 100
const DOCUMENTS = 150
/** What the clock of the server goes on by from one compaction to the next, and how long blobs stay at least. */
const [STEP, GRACE] = [60_000, 150_000]
/** Each so many compactions somebody new starts, from what will be the pointer before the last. */
const NEWCOMERS_EVERY = 20

it(`${COMPACTIONS} compactions leave no more than three snapshots, and take nothing from those who read`, async () => {
  const server = await TestServer.start()
  const { url } = server
  const alice = new Device({ url, autoCompact: false })
  await alice.db.bulk(Array.from({ length: DOCUMENTS }, (_, n) => documentOf(n)))
  await alice.synced()
  const { access } = alice.remote
  const key = await alice.db.exportKey()
  const firstListed = new Map<string, number>()
  let last = await compact(alice, url, undefined)
  let removed = 0
  for (let count = 1; count < COMPACTIONS; count++) {
    const newcomer = count % NEWCOMERS_EVERY === 0 ? await startReading(url, key) : undefined
    const beforeLast = last
    for (let n = 0; n < 5; n++) await alice.db.put(documentOf((7 * count + n) % DOCUMENTS))
    last = await compact(alice, url, beforeLast)
    for (const name of last.blobs) firstListed.set(name, firstListed.get(name) ?? server.ahead)
    server.ahead += STEP
    removed += (await server.collect(GRACE)).removed
    const young = [...firstListed].filter(([, listed]) => listed > server.ahead - GRACE).map(([name]) => name)
    expect(await missing(server, access, [...beforeLast.blobs, ...last.blobs, ...young])).toEqual([])
    if (newcomer !== undefined) await readAll(newcomer, alice)
  }
  server.ahead += 2 * GRACE
  removed += (await server.collect(GRACE)).removed
  expect(removed).toBeGreaterThanOrEqual(COMPACTIONS - 2)
  const stored = await blobSizes(server, access)
  const snapshot = last.blobs.reduce((sum, name) => sum + (stored.get(name) as number), 0)
  expect([...stored.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(3 * snapshot)
  await readAll(await startReading(url, key), alice)
  expect(alice.codes).toEqual([])
}, 300_000)

function documentOf(n: number) {
  return { _id: `document ${n}`, n, text: randomBytes(200).toString('hex') }
}

/** Compacts, and resolves when the pointer stands for what that made. */
async function compact(
  device: Device,
  url: string,
  before: StoredPointer | undefined,
): Promise<StoredPointer> {
  await device.synced()
  await device.db.compact()
  await device.synced()
  const seq = before?.seq ?? 0
  return untilPointer(url, device.remote.access, pointer => pointer.seq > seq)
}

/** A new device that has read one document, and loads the others only when it reads them. */
async function startReading(url: string, key: string): Promise<Device> {
  const device = new Device({ url, key, prefetch: false, autoCompact: false })
  await device.synced()
  expect(await device.db.has('document 0')).toBe(true)
  return device
}

async function readAll(newcomer: Device, { db }: Device): Promise<void> {
  await newcomer.synced()
  expect((await newcomer.db.allDocs()).docs).toEqual((await db.allDocs()).docs)
  expect(newcomer.codes).toEqual([])
  await newcomer.close()
}

async function missing({ engine }: TestServer, { logId }: LogAccess, names: readonly string[]) {
  const found = await Promise.all(names.map(name => engine.blobs.has(logId, name)))
  return names.filter((_, index) => !found[index])
}

async function blobSizes({ engine }: TestServer, { logId }: LogAccess): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for await (const { name, bytes } of engine.blobs.list(logId)) sizes.set(name, bytes)
  return sizes
}
