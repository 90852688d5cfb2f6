import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { TestDatabase } from '../auth/fixtures/test-database.js'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { entryOf } from '../engines/testing/samples.js'
import { runServer } from './fixtures/run-server.js'

function pack(size = 100): Uint8Array {
  return new Uint8Array(randomBytes(size))
}

/** Sends raw bytes and resolves with all that comes back until the server ends the connection. */
function raw(url: string, text: string): Promise<string> {
  const { port, hostname } = new URL(url)
  return new Promise(resolve => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.on('data', chunk => {
      answer += chunk
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
  })
}

describe('a limit', () => {
  it('of a frame closes the socket with 1009; a pack that would not fit an answer is refused', async () => {
    const running = await runServer({ limits: { frameBytes: 256 * 1024 } })
    const client = await running.writer()
    const { log } = running
    const tooLarge = { kind: 'append', log, pack: pack(220_000), blobs: [] } as const
    expect((await client.refused(tooLarge)).code).toBe('LIMIT_EXCEEDED')
    client.socket.send(pack(300_000))
    expect(await client.closed()).toBe(1009)
  })

  it('of the bytes of a database is told, and reading goes on', async () => {
    const running = await runServer({ limits: { databaseBytes: 1000 } })
    const client = await running.writer()
    const { log } = running
    await client.append(log, pack(900))
    expect((await client.refused({ kind: 'append', log, pack: pack(200), blobs: [] })).code).toBe(
      'LIMIT_EXCEEDED',
    )
    expect((await client.get({ kind: 'read', log, after: 0, limit: 1, bytes: 1 })).entries).toHaveLength(1)
    expect((await client.refused({ kind: 'redact', log, seq: 1, pack: pack(1001) })).code).toBe(
      'LIMIT_EXCEEDED',
    )
  })

  it('of the bytes of a database counts the names of blobs', async () => {
    const engine = await openMemoryEngine()
    const blobs = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(52, 'a'))
    const append = engine.log.append('log', entryOf(pack(), { blobs, maxBytes: 5000 }))
    await expect(append).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    await engine.log.append('log', entryOf(pack(), { blobs, maxBytes: 6000 }))
    expect((await engine.log.info('log')).bytes).toBe(100 + 100 * 54)
  })

  it('of requests a second is told with a time to wait, and does not cut', async () => {
    let now = Date.now()
    const running = await runServer({ now: () => now, limits: { requestsPerSecond: 5 } })
    const client = await running.writer()
    const request = { kind: 'get-pointer', log: running.log } as const
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.ask(request)))
    const refused = answers.filter(answer => answer.kind === 'error')
    expect(refused).toHaveLength(20 - 9)
    expect(refused[0]).toMatchObject({ code: 'LIMIT_EXCEEDED', retryAfter: 200 })
    now += 200
    expect((await client.ask(request)).kind).toBe('done')
  })

  it('of requests a second counts the blobs that a request names, each of which is named once', async () => {
    const now = Date.now()
    const running = await runServer({ now: () => now, limits: { requestsPerSecond: 5 } })
    const { log } = running
    const client = await running.writer()
    const blobs = Array.from({ length: 640 }, (_, i) => `${i}`.padStart(52, 'a'))
    const twice = [...blobs.slice(0, 2), ...blobs.slice(0, 1)]
    const append = { kind: 'append', log, pack: pack(), blobs: twice } as const
    const pointer = { seq: 0, blobs: twice, sealed: pack() }
    const set = { kind: 'set-pointer', log, pointer, replaces: null } as const
    expect((await client.refused(append)).code).toBe('UNSUPPORTED_FORMAT')
    expect((await client.refused(set)).code).toBe('UNSUPPORTED_FORMAT')
    expect((await client.refused({ ...append, blobs })).code).toBe('BLOCK_MISSING')
    // Of ten requests four were there yet, and eleven were taken.
    expect(await client.refused({ kind: 'get-pointer', log })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      retryAfter: expect.any(Number),
    })
  })

  it('of requests a second holds for an address over HTTP', async () => {
    const now = Date.now()
    const running = await runServer({ now: () => now, limits: { requestsPerSecond: 2 } })
    const token = await running.database.token({ audience: running.url, now })
    const path = `${running.url}/v1/logs/${running.log}/blobs/${'a'.repeat(52)}`
    const statuses: number[] = []
    let retryAfter: string | null = null
    for (let i = 0; i < 5; i++) {
      const response = await fetch(path, { headers: { Authorization: `Bearer ${token}` } })
      statuses.push(response.status)
      retryAfter = response.headers.get('Retry-After')
    }
    expect(statuses).toEqual([404, 404, 404, 404, 429])
    expect(retryAfter).toBe('1')
  })

  it('of connections holds in all and for each address, as the trusted proxy tells it', async () => {
    const running = await runServer({ trustProxy: 1, limits: { connections: 3, connectionsPerAddress: 2 } })
    const from = (address: string) =>
      running.connect({ headers: { 'X-Forwarded-For': `9.9.9.9, ${address}` } })
    const first = await from('1.1.1.1')
    await from('1.1.1.1')
    await expect(from('1.1.1.1')).rejects.toThrow('429')
    await from('2.2.2.2')
    await expect(from('3.3.3.3')).rejects.toThrow('429')
    first.socket.close()
    await first.closed()
    await expect
      .poll(() =>
        from('3.3.3.3').then(
          () => 'in',
          () => 'out',
        ),
      )
      .toBe('in')
  })

  it('of logs on a connection is told; closing one makes room', async () => {
    const running = await runServer({ limits: { logsPerConnection: 1 } })
    const client = await running.writer()
    const other = new TestDatabase()
    const token = await other.token({ audience: running.url })
    const open = { kind: 'open', log: other.logId, token } as const
    expect((await client.refused(open)).code).toBe('LIMIT_EXCEEDED')
    await client.open(running.database, { audience: running.url })
    await client.get({ kind: 'close', log: running.log })
    await client.get(open)
  })

  it('of the time to `hello` closes the socket', async () => {
    const running = await runServer({ limits: { helloTimeout: 50 } })
    const client = await running.connect({ hello: false })
    expect(await client.closed()).toBe(1002)
  })

  it('of signs of life ends a socket that gives none, and no other', async () => {
    const running = await runServer({ limits: { pingInterval: 50 } })
    const [dead, alive] = [await running.connect({ autoPong: false }), await running.connect()]
    expect(await dead.closed()).toBe(1006)
    await alive.open(running.database, { audience: running.url })
  })

  it('of the time for headers and bodies ends who sends too slowly', async () => {
    const running = await runServer({ limits: { headerTimeout: 100, bodyTimeout: 300 } })
    expect(await raw(running.url, 'GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ')).toContain('408')
    const body = 'POST /v1/exchange HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.ipld.dag-cbor\r\n'
    expect(await raw(running.url, `${body}Content-Length: 100\r\n\r\nabc`)).toContain('408')
  })

  it('of idle time ends a connection that says nothing', async () => {
    const running = await runServer({ limits: { idleTimeout: 100 } })
    expect(await raw(running.url, '')).toBe('')
  })

  it('of failed tokens holds for an address, before anything is verified', async () => {
    const now = Date.now()
    const running = await runServer({ now: () => now, limits: { authFailuresPerMinute: 2 } })
    const client = await running.connect()
    const { log, url, database } = running
    const bad = { kind: 'open', log, token: 'bad' } as const
    expect((await client.refused(bad)).code).toBe('UNAUTHORIZED')
    expect((await client.refused(bad)).code).toBe('UNAUTHORIZED')
    const good = { kind: 'open', log, token: await database.token({ audience: url, now }) } as const
    expect(await client.refused(good)).toMatchObject({ code: 'LIMIT_EXCEEDED', retryAfter: 30_000 })
  })

  it('of new databases holds for an address; those that have begun go on', async () => {
    const now = Date.now()
    const running = await runServer({ now: () => now, limits: { newDatabasesPerHour: 1 } })
    const client = await running.connect()
    await client.open(running.database, { audience: running.url, now })
    await client.append(running.log, pack())
    await client.append(running.log, pack())
    const other = new TestDatabase()
    await client.open(other, { audience: running.url, now })
    const append = { kind: 'append', log: other.logId, pack: pack(), blobs: [] } as const
    const error = await client.refused(append)
    expect(error.code).toBe('LIMIT_EXCEEDED')
    expect(error.retryAfter).toBeGreaterThan(3_000_000)
    const pointer = { seq: 0, blobs: [], sealed: pack() }
    const set = { kind: 'set-pointer', log: other.logId, pointer, replaces: null } as const
    expect((await client.refused(set)).code).toBe('LIMIT_EXCEEDED')
    expect((await client.refused({ kind: 'delete', log: other.logId })).code).toBe('LIMIT_EXCEEDED')
    const token = await other.token({ audience: running.url, now })
    const blob = await fetch(`${running.url}/v1/logs/${other.logId}/blobs/${'a'.repeat(52)}`, {
      method: 'PUT',
      body: 'x',
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(blob.status).toBe(429)
  })

  it('of log ids refuses databases that the operator does not keep', async () => {
    const mine = new TestDatabase()
    const running = await runServer({ limits: { logPattern: new RegExp(`^${mine.logId}$`) } })
    const client = await running.connect()
    await client.open(mine, { audience: running.url })
    const token = await running.database.token({ audience: running.url })
    expect((await client.refused({ kind: 'open', log: running.log, token })).code).toBe('FORBIDDEN')
  })

  it.each([
    { limits: { frameBytes: 1000 } },
    { limits: { connections: 0 } },
    { limits: { requestsPerSecond: 1.5 } },
    { limits: { logPattern: /x/g } },
    { origins: ['sync.example.org'] },
    { origins: ['https://sync.example.org/'] },
    { cors: ['example.org'] },
    { trustProxy: -1 },
    { admission: { kind: 'secret', secrets: [] } } as const,
  ])('or option that makes no sense is refused: %j', async options => {
    await expect(runServer(options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
