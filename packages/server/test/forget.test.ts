import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { LogAccess, LogEntry } from '@firekeep/core'
import { describe, expect, it } from 'vitest'
import { Device } from './fixtures/device.js'
import { openRawLog, readRawLog } from './fixtures/raw-log.js'
import { readFolder } from './fixtures/temp-folder.js'
import { TestServer } from './fixtures/test-server.js'

/** What packs of one writer begin with alike: the header of the seal. */
const HEAD_BYTES = 256
const WINDOW_BYTES = 24

describe('a purged document', () => {
  it('leaves nothing of its ciphertext in the folder of the server, and all replicas agree', async () => {
    const server = await TestServer.start()
    const { url } = server
    const alice = new Device({ url })
    await alice.db.put({ _id: 'kept', text: 'kept' })
    await alice.synced()
    const bob = new Device({ url, key: await alice.db.exportKey() })
    await bob.synced()
    const { access } = alice.remote
    const held = await writeVersions(alice)
    await alice.db.put({ _id: 'later', text: 'later' })
    await Promise.all([alice.synced(), bob.synced()])
    expect(await bob.db.has('purged')).toBe(true)

    await bob.db.purge('purged')
    await bob.synced()
    await untilRedacted(url, access, held)
    await alice.synced()
    const clock = await alice.db.clock()
    expect(await bob.db.clock()).toEqual(clock)
    await expect(alice.db.get('purged')).rejects.toMatchObject({ code: 'NOT_FOUND' })

    await server.stop()
    const bytes = await readFolder(server.dir)
    expect(held.filter(({ pack }) => holdsPartOf(bytes, pack)).map(({ seq }) => seq)).toEqual([])
    await server.start()

    const fresh = new Device({ url, key: await alice.db.exportKey() })
    await fresh.synced()
    expect(await fresh.db.clock()).toEqual(clock)
    expect(await fresh.ids()).toEqual(['kept', 'later'])
    await expect(fresh.db.get('purged')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await fresh.db.put({ _id: 'by the new device' })
    await fresh.synced()
    await Promise.all([alice.synced(), bob.synced()])
    expect(await bob.ids()).toEqual(['by the new device', 'kept', 'later'])
    expect(await alice.db.clock()).toEqual(await fresh.db.clock())
    expect([...alice.codes, ...bob.codes, ...fresh.codes]).toEqual([])
  })

  it('can be found in the folder before, by the same search', async () => {
    const server = await TestServer.start()
    const alice = new Device({ url: server.url })
    const held = await writeVersions(alice)
    await server.stop()
    const bytes = await readFolder(server.dir)
    expect(held.filter(({ pack }) => holdsPartOf(bytes, pack))).toHaveLength(held.length)
  })
})

describe('a database that was deleted on the server', () => {
  it('is gone for everybody and for good: no old client brings it back, not after a restart either', async () => {
    const server = await TestServer.start()
    const { url } = server
    const alice = new Device({ url })
    await alice.db.put({ _id: 'a', text: 'a' })
    await alice.synced()
    const key = await alice.db.exportKey()
    const bob = new Device({ url, key })
    await bob.synced()
    const packs = await readRawLog(url, alice.remote.access)

    await alice.attachment.deleteRemote()
    await bob.until(({ state }) => state === 'error')
    expect(alice.attachment.status).toMatchObject({ state: 'error', code: 'GONE' })
    expect(bob.attachment.status).toMatchObject({ state: 'error', code: 'GONE' })
    await bob.db.put({ _id: 'b' })
    await isGone(url, [bob, new Device({ url, key })])

    await server.stop()
    const bytes = await readFolder(server.dir)
    expect(packs.filter(({ pack }) => holdsPartOf(bytes, pack))).toEqual([])
    await server.start()
    await isGone(url, [alice, bob, new Device({ url, key })])
    // What devices have stays there.
    expect(await alice.ids()).toEqual(['a'])
    expect(await bob.ids()).toEqual(['a', 'b'])
  })
})

/** Writes and deletes a document of some kilobytes; answers the entries that hold something of it. */
async function writeVersions(device: Device): Promise<readonly LogEntry[]> {
  const { db } = device
  await db.put({ _id: 'before' })
  await device.synced()
  const { access } = device.remote
  const before = (await readRawLog(device.remote.id, access)).length
  for (let version = 0; version < 4; version++) {
    await db.put({ _id: 'purged', version, text: randomBytes(2000).toString('hex') })
    await device.synced()
  }
  await db.del('before')
  await device.synced()
  const entries = await readRawLog(device.remote.id, access)
  return entries.slice(before, before + 4)
}

/** Resolves when other packs are in the place of these entries. */
async function untilRedacted(url: string, access: LogAccess, held: readonly LogEntry[]): Promise<void> {
  for (;;) {
    const entries = await readRawLog(url, access)
    if (held.every(({ seq }) => entries[seq - 1]?.isRedacted)) return
    await pause(20)
  }
}

/** Whether any part of a pack is there, however it is cut: of each window of so many bytes one would be whole. */
function holdsPartOf(bytes: Buffer, pack: Uint8Array): boolean {
  const content = Buffer.from(pack).subarray(HEAD_BYTES)
  expect(content.length).toBeGreaterThan(WINDOW_BYTES)
  for (let start = 0; start + WINDOW_BYTES <= content.length; start += WINDOW_BYTES) {
    if (bytes.includes(content.subarray(start, start + WINDOW_BYTES))) return true
  }
  return false
}

/** Every verb of every device is refused. */
async function isGone(url: string, devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    await expect(device.attachment.synced()).rejects.toMatchObject({ code: 'GONE' })
    const { access } = device.remote
    await expect(openRawLog(url, access)).rejects.toThrow('GONE')
  }
}
