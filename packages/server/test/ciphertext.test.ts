import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openLink, shareLink } from '@firekeep/core/share'
import { createMemorySpace } from '@firekeep/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { TestDatabase } from '../src/auth/fixtures/test-database.js'
import { TestClient } from '../src/http/fixtures/test-client.js'
import { Device } from './fixtures/device.js'
import { findPlanted, formsOf, type Planted } from './fixtures/find-planted.js'
import { Recorder } from './fixtures/recorder.js'
import { ServerProcess } from './fixtures/server-process.js'
import { readFolder, tempFolder } from './fixtures/temp-folder.js'
import { untilPointer } from './fixtures/until-pointer.js'
import { watchHashes } from './fixtures/watch-hashes.js'
import { WatchedRemote } from './fixtures/watched-remote.js'

const LOGGING = ['--log-level', 'debug']
const READ_SECRET_CONTENT_KEY_BYTES = 32

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(['auto', 'polling'] as const)('a server that is reached by %s', transport => {
  it('meets nothing that a user planted: not on the wire, not in its files, not in its logs', async () => {
    const dir = join(await tempFolder(), 'data')
    const server = await ServerProcess.start(dir, 0, LOGGING)
    const recorder = await Recorder.open(server.url)
    const texts = plantTexts()
    const digests = watchHashes(Object.values(texts))
    const alice = new Device({ url: recorder.url, name: texts.name, compress: false, http: { transport } })
    await write(alice, texts)
    await alice.db.compact()
    await alice.synced()
    await untilPointer(server.url, alice.remote.access)
    const links = await share(alice, recorder.url, texts)
    const keys = await keysOf(alice)
    await server.end()
    const planted = [
      ...Object.entries(texts).map(([what, secret]) => ({ what, secret })),
      ...plainDigests(Object.values(texts)),
      ...keys,
      ...links,
      ...digests,
    ]
    expect(digests.length).toBeGreaterThan(20)
    const wire = recorder.recorded()
    // It went this way at all.
    expect(wire.includes(alice.remote.access.logId)).toBe(true)
    expect(findPlanted(wire, planted)).toEqual([])
    expect(findPlanted(await readFolder(dir), planted)).toEqual([])
    expect(findPlanted(server.output, planted)).toEqual([])
  })
})

describe('the search', () => {
  it.each(['auto', 'polling'] as const)(
    'finds what is planted in a request on purpose (%s)',
    async transport => {
      const dir = join(await tempFolder(), 'data')
      const server = await ServerProcess.start(dir, 0, LOGGING)
      const recorder = await Recorder.open(server.url)
      const text = { what: 'text', secret: `planted-${randomBytes(8).toString('hex')}` }
      const key = { what: 'key', secret: new Uint8Array(randomBytes(32)) }
      const packs = [...formsOf(text.secret), ...formsOf(key.secret)].map(([, form]) => withNeighbours(form))
      if (transport === 'auto') await appendBySocket(recorder.url, packs)
      else await appendByPolling(recorder.url, packs)
      await server.end()
      const all = [text, key].flatMap(({ what, secret }) => formsOf(secret).map(([form]) => ({ what, form })))
      expect(findPlanted(recorder.recorded(), [text, key])).toEqual(all)
      expect(findPlanted(await readFolder(dir), [text, key])).toEqual(all)
    },
  )

  it('finds text that is encoded together with others', () => {
    const secret = 'a planted text'
    for (const before of ['', '.', '..', '...', '....']) {
      const bytes = Buffer.from(`${before}${secret} and more`)
      for (const encoding of ['base64', 'base64url', 'hex', 'utf8'] as const) {
        const text = Buffer.from(bytes.toString(encoding))
        expect(findPlanted(text, [{ what: 'text', secret }])).not.toEqual([])
      }
    }
    expect(findPlanted(Buffer.from('nothing of that kind'), [{ what: 'text', secret }])).toEqual([])
  })
})

/** One of each kind of thing that a user may write somewhere; none is part of another. */
function plantTexts() {
  const plant = (kind: string) => `${kind}-${randomBytes(12).toString('hex')}`
  return {
    name: plant('name'),
    id: plant('id'),
    field: plant('field'),
    value: plant('välue'),
    nested: plant('nested'),
    file: `${plant('file')}.pdf`,
    bytes: plant('bytes'),
    deleted: plant('deleted'),
    purged: plant('purged'),
    title: plant('title'),
    friend: plant('friend'),
  }
}

type Texts = ReturnType<typeof plantTexts>

async function write(device: Device, texts: Texts): Promise<void> {
  const { db } = device
  const attached = { path: `C:\\${texts.file}`, data: Buffer.from(texts.bytes) }
  await db.put({ _id: texts.id, [texts.field]: texts.value, list: [{ [texts.nested]: 1 }], attached })
  await db.bulk(
    Array.from({ length: 60 }, (_, n) => ({
      _id: `${texts.id}/${n}`,
      [texts.field]: `${texts.value} ${n}`,
    })),
  )
  await device.synced()
  await db.put({ _id: texts.id, [texts.field]: `${texts.value} again` })
  await db.put({ _id: texts.deleted, [texts.field]: texts.deleted })
  await db.put({ _id: texts.purged, [texts.field]: texts.purged })
  await device.synced()
  await db.del(texts.deleted)
  await db.purge(texts.purged)
  await db.query(texts.field)
  await device.synced()
}

/** A friend writes by a link, and another one reads. Answers what the links hold. */
async function share(device: Device, url: string, texts: Texts): Promise<readonly Planted[]> {
  const planted: Planted[] = []
  for (const permission of ['write', 'read'] as const) {
    const link = await shareLink(device.db, { url, permission, title: texts.title })
    planted.push({ what: `a link to ${permission}`, secret: link.slice(link.indexOf('#') + 5) })
    const db = await openLink(link, {
      storage: createMemorySpace(),
      attach: false,
      name: `${texts.friend} ${permission}`,
    })
    const attachment = db.attach(new WatchedRemote(url))
    await attachment.synced()
    expect((await db.get(texts.id))[texts.field]).toBe(`${texts.value} again`)
    if (permission === 'write') await db.put({ _id: texts.friend, [texts.field]: texts.friend })
    await attachment.synced()
    await db.close()
  }
  await device.synced()
  expect(await device.db.has(texts.friend)).toBe(true)
  return planted
}

/** The public keys stand in tokens; what they are made from does not. */
async function keysOf({ db }: Device): Promise<readonly Planted[]> {
  const root = Buffer.from(await db.exportKey(), 'base64url')
  const read = Buffer.from(await db.exportKey({ permission: 'read' }), 'base64url')
  return [
    { what: 'the root secret', secret: root },
    { what: 'the content key', secret: read.subarray(0, READ_SECRET_CONTENT_KEY_BYTES) },
  ]
}

function plainDigests(texts: readonly string[]): readonly Planted[] {
  return texts.map(text => ({
    what: `SHA-256 of ${text}`,
    secret: createHash('sha256').update(text).digest(),
  }))
}

function withNeighbours(form: Buffer): Uint8Array {
  return new Uint8Array(Buffer.concat([randomBytes(300), form, randomBytes(300)]))
}

async function appendBySocket(url: string, packs: readonly Uint8Array[]): Promise<void> {
  const database = new TestDatabase()
  const client = await TestClient.connect(url)
  await client.open(database, { audience: url })
  for (const pack of packs) await client.append(database.logId, pack)
  client.end()
}

async function appendByPolling(url: string, packs: readonly Uint8Array[]): Promise<void> {
  const database = new TestDatabase()
  const access = {
    logId: database.logId,
    permission: 'write' as const,
    signToken: (audience: string, now: number) => database.token({ audience, now }),
  }
  const log = await new WatchedRemote(url, { transport: 'polling' }).open(access)
  for (const pack of packs) await log.append(pack)
  log.close()
}
