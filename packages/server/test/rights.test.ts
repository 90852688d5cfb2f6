import { createHash, randomBytes } from 'node:crypto'
import { TOKEN_SECONDS } from '@firekeep/core/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TestDatabase } from '../src/auth/fixtures/test-database.js'
import { digestToName } from '../src/blobs/blob-name.js'
import { TestClient, type TestRequest } from '../src/http/fixtures/test-client.js'
import { startServer } from '../src/server.js'
import type { ServerOptions } from '../src/server-options.js'
import { Device } from './fixtures/device.js'
import { openRawLog } from './fixtures/raw-log.js'

const HOUR = 3_600_000

async function serve(options: ServerOptions = {}): Promise<string> {
  const server = await startServer({ port: 0, drainTimeout: 500, ...options })
  onTestFinished(() => server.close())
  return server.url
}

/** Somebody who writes, and somebody who was given the right to read. */
async function openPair(url: string): Promise<{ writer: Device; reader: Device }> {
  const writer = new Device({ url })
  await writer.db.put({ _id: 'a', text: 'by the writer' })
  await writer.synced()
  const reader = new Device({ url, key: await writer.db.exportKey({ permission: 'read' }) })
  await reader.synced()
  return { writer, reader }
}

describe('who has a link to read', () => {
  it('reads, and every write is refused before anything is stored', async () => {
    const { reader } = await openPair(await serve())
    const { db } = reader
    expect(await db.get('a')).toEqual({ _id: 'a', text: 'by the writer' })
    const clock = await db.clock()
    for (const write of [
      () => db.put({ _id: 'b' }),
      () => db.bulk([{ _id: 'b' }]),
      () => db.del('a'),
      () => db.purge('a'),
      () => db.update('a', doc => ({ ...doc, text: 'by the reader' })),
      () => db.transact(tx => void tx.put({ _id: 'b' })),
    ]) {
      await expect(write()).rejects.toMatchObject({ code: 'READ_ONLY' })
    }
    expect(await db.clock()).toEqual(clock)
    expect(reader.attachment.status.state).toBe('live')
    expect(reader.codes).toEqual([])
  })

  it('is refused by the server whatever else it asks, and nothing of it happens', async () => {
    const url = await serve()
    const { writer, reader } = await openPair(url)
    const { access } = reader.remote
    const log = access.logId
    const client = await openRawLog(url, access)
    const pointer = { seq: 1, blobs: [], sealed: new Uint8Array(100) }
    const requests: readonly TestRequest[] = [
      { kind: 'append', log, pack: new Uint8Array(100), blobs: [] },
      { kind: 'set-pointer', log, pointer, replaces: null },
      { kind: 'redact', log, seq: 1, pack: new Uint8Array(100) },
      { kind: 'delete', log },
    ]
    const before = await readAll(client, log)
    for (const request of requests) expect((await client.refused(request)).code).toBe('FORBIDDEN')
    expect(await putBlob(url, log, await access.signToken(url, Date.now()))).toBe(403)
    expect(await readAll(client, log)).toEqual(before)
    expect(await client.get({ kind: 'get-pointer', log })).toEqual({ pointer: null })
    client.end()
    await expect(reader.attachment.deleteRemote()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await writer.db.put({ _id: 'b' })
    await writer.synced()
    await reader.synced()
    expect(await reader.db.has('b')).toBe(true)
    expect([...writer.codes, ...reader.codes].filter(code => code !== 'FORBIDDEN')).toEqual([])
  })

  it('cannot sign itself a token to write', async () => {
    const url = await serve()
    const database = new TestDatabase()
    const client = await TestClient.connect(url)
    const token = await database.token({ audience: url, permission: 'read', claims: { perm: 'write' } })
    const refused = await client.refused({ kind: 'open', log: database.logId, token })
    expect(refused.code).toBe('UNAUTHORIZED')
    client.end()
  })
})

describe('a token', () => {
  it.each(['read', 'write'] as const)('of another database opens nothing (%s)', async permission => {
    const url = await serve()
    const [{ remote }, stranger] = [(await openPair(url)).writer, new TestDatabase()]
    const { logId } = remote.access
    const client = await TestClient.connect(url)
    for (const claims of [{}, { db: logId }]) {
      const token = await stranger.token({ audience: url, permission, claims })
      expect((await client.refused({ kind: 'open', log: logId, token })).code).toBe('UNAUTHORIZED')
      expect(await putBlob(url, logId, token)).toBe(401)
    }
    client.end()
  })

  it('for another server opens nothing here', async () => {
    const [url, elsewhere] = [await serve(), await serve()]
    const { access } = (await openPair(url)).writer.remote
    const client = await TestClient.connect(url)
    const token = await access.signToken(elsewhere, Date.now())
    expect((await client.refused({ kind: 'open', log: access.logId, token })).code).toBe('UNAUTHORIZED')
    expect(await putBlob(url, access.logId, token)).toBe(401)
    client.end()
  })

  it('that has expired is refused with the time of the server', async () => {
    const url = await serve()
    const { access } = (await openPair(url)).writer.remote
    const client = await TestClient.connect(url)
    const token = await access.signToken(url, Date.now() - 2 * TOKEN_SECONDS * 1000)
    const refused = await client.refused({ kind: 'open', log: access.logId, token })
    expect(refused.code).toBe('UNAUTHORIZED')
    expect(Math.abs(refused.time - Date.now())).toBeLessThan(HOUR / 2)
    client.end()
  })

  it.each([
    ['ahead', HOUR, 'auto'],
    ['ahead', HOUR, 'polling'],
    ['behind', -HOUR, 'auto'],
    ['behind', -HOUR, 'polling'],
  ] as const)(
    'is made by the clock of the server, also where that is an hour %s (%i ms, %s)',
    async (_, skew, transport) => {
      const url = await serve({ now: () => Date.now() + skew })
      const alice = new Device({ url, http: { transport } })
      await alice.db.put({ _id: 'a' })
      await alice.synced()
      const bob = new Device({ url, key: await alice.db.exportKey(), http: { transport } })
      await bob.synced()
      expect(await bob.db.has('a')).toBe(true)
      expect(alice.attachment.status).toMatchObject({ state: 'live', pending: 0 })
      expect([...alice.codes, ...bob.codes]).toEqual([])
      // By the clock of the device it would not have been let in.
      const client = await TestClient.connect(url)
      const stranger = new TestDatabase()
      const token = await stranger.token({ audience: url })
      const refused = await client.refused({ kind: 'open', log: stranger.logId, token })
      expect(refused.code).toBe('UNAUTHORIZED')
      client.end()
    },
  )

  it.each([HOUR, 24 * HOUR, -HOUR])(
    'that a clock that jumps makes invalid while a client is live is replaced, and the client goes on (by %i ms)',
    async later => {
      let skew = 0
      const url = await serve({ now: () => Date.now() + skew })
      const { writer, reader } = await openPair(url)
      skew = later
      for (const id of ['first', 'second']) {
        await writer.db.put({ _id: id })
        await writer.synced()
        await reader.synced()
        expect(await reader.db.has(id)).toBe(true)
      }
      expect([...writer.codes, ...reader.codes]).toEqual([])
    },
  )
})

async function readAll(client: TestClient, log: string) {
  return client.get({ kind: 'read', log, after: 0, limit: 1000, bytes: 1 << 20 })
}

/** The status that storing a blob is answered with. */
async function putBlob(url: string, log: string, token: string): Promise<number> {
  const body = new Uint8Array(randomBytes(10))
  const name = digestToName(createHash('sha256').update(body).digest())
  const headers = { Authorization: `Bearer ${token}` }
  return (await fetch(`${url}/v1/logs/${log}/blobs/${name}`, { method: 'PUT', body, headers })).status
}
