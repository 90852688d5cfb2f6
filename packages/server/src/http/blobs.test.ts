import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { TestDatabase } from '../auth/fixtures/test-database.js'
import { digestToName } from '../blobs/blob-name.js'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { type RunningServer, runServer } from './fixtures/run-server.js'

function nameOf(bytes: Uint8Array): string {
  return digestToName(createHash('sha256').update(bytes).digest())
}

class BlobClient {
  readonly #running: RunningServer
  readonly #token: string

  constructor(running: RunningServer, token: string) {
    this.#running = running
    this.#token = token
  }

  static async open(running: RunningServer, permission: 'read' | 'write' = 'write'): Promise<BlobClient> {
    return new BlobClient(running, await running.database.token({ audience: running.url, permission }))
  }

  fetch(name: string, { headers, ...init }: RequestInit & { log?: string } = {}): Promise<Response> {
    const { url, log } = this.#running
    const all = { Authorization: `Bearer ${this.#token}`, ...(headers as Record<string, string>) }
    return fetch(`${url}/v1/logs/${init.log ?? log}/blobs/${name}`, { ...init, headers: all })
  }

  put(bytes: Uint8Array, name = nameOf(bytes)): Promise<Response> {
    return this.fetch(name, { method: 'PUT', body: new Uint8Array(bytes) })
  }
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code
}

describe('a blob', () => {
  it('comes back as it was put, streamed, immutable and named by its ETag', async () => {
    const client = await BlobClient.open(await runServer())
    const bytes = randomBytes(5_000_000)
    const name = nameOf(bytes)
    expect((await client.put(bytes)).status).toBe(204)
    const response = await client.fetch(name)
    expect(response.status).toBe(200)
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
    expect(response.headers.get('Cache-Control')).toBe('private, immutable')
    expect(response.headers.get('ETag')).toBe(`"${name}"`)
    expect(response.headers.get('Content-Length')).toBe('5000000')
    expect((await client.fetch(name, { headers: { 'If-None-Match': `"${name}"` } })).status).toBe(304)
    const head = await client.fetch(name, { method: 'HEAD' })
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '5000000', ''])
  })

  it('is read by ranges', async () => {
    const client = await BlobClient.open(await runServer())
    const bytes = randomBytes(1000)
    await client.put(bytes)
    const get = (range: string) => client.fetch(nameOf(bytes), { headers: { Range: range } })
    const read = async (range: string) => {
      const response = await get(range)
      const body = Buffer.from(await response.arrayBuffer())
      return [response.status, response.headers.get('Content-Range'), body.toString('hex')]
    }
    const hex = (from: number, to?: number) => bytes.subarray(from, to).toString('hex')
    expect(await read('bytes=10-19')).toEqual([206, 'bytes 10-19/1000', hex(10, 20)])
    expect(await read('bytes=990-2000')).toEqual([206, 'bytes 990-999/1000', hex(990)])
    expect(await read('bytes=995-')).toEqual([206, 'bytes 995-999/1000', hex(995)])
    expect(await read('bytes=1000-1001')).toEqual([416, 'bytes */1000', ''])
    for (const odd of ['bytes=5-4', 'bytes=0-1,5-6', 'items=0-1', 'bytes=-']) {
      expect((await read(odd)).slice(0, 2)).toEqual([200, null])
    }
  })

  it('that does not match its name is refused and not kept', async () => {
    const client = await BlobClient.open(await runServer())
    const name = nameOf(randomBytes(10))
    const response = await client.put(randomBytes(10), name)
    expect([response.status, await codeOf(response)]).toEqual([400, 'CORRUPT'])
    const missing = await client.fetch(name)
    expect([missing.status, await codeOf(missing)]).toEqual([404, 'NOT_FOUND'])
    expect((await client.fetch(name, { method: 'HEAD' })).status).toBe(204)
  })

  it('takes a token, and the right to write to be put', async () => {
    const running = await runServer()
    const bytes = randomBytes(10)
    const path = `${running.url}/v1/logs/${running.log}/blobs/${nameOf(bytes)}`
    expect((await fetch(path)).status).toBe(401)
    const inUrl = await running.database.token({ audience: running.url })
    expect((await fetch(`${path}?token=${inUrl}`)).status).toBe(401)
    const reader = await BlobClient.open(running, 'read')
    const refused = await reader.put(bytes)
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'FORBIDDEN'])
    await (await BlobClient.open(running)).put(bytes)
    expect((await reader.fetch(nameOf(bytes))).status).toBe(200)
  })

  it('of another database is not there, and its token of no use', async () => {
    const running = await runServer()
    const bytes = randomBytes(10)
    const client = await BlobClient.open(running)
    await client.put(bytes)
    const other = new TestDatabase()
    expect((await client.fetch(nameOf(bytes), { log: other.logId })).status).toBe(401)
    const token = await other.token({ audience: running.url })
    const own = await new BlobClient(running, token).fetch(nameOf(bytes), { log: other.logId })
    expect(own.status).toBe(404)
    const writer = await running.connect()
    await writer.open(other, { audience: running.url })
    const pointer = { seq: 0, blobs: [nameOf(bytes)], sealed: new Uint8Array(1) }
    const error = await writer.refused({ kind: 'set-pointer', log: other.logId, pointer, replaces: null })
    expect(error.code).toBe('BLOCK_MISSING')
  })

  it('of a deleted database is gone', async () => {
    const running = await runServer()
    const client = await BlobClient.open(running)
    const bytes = randomBytes(10)
    await client.put(bytes)
    await (await running.writer()).get({ kind: 'delete', log: running.log })
    for (const response of [await client.fetch(nameOf(bytes)), await client.put(bytes)]) {
      expect([response.status, await codeOf(response)]).toEqual([410, 'GONE'])
    }
  })

  it('of a database whose deletion failed half way is gone when its owner comes to delete again', async () => {
    const engine = await openMemoryEngine()
    const running = await runServer({ engine })
    const bytes = randomBytes(10)
    await (await BlobClient.open(running)).put(bytes)
    const removeAll = engine.blobs.removeAll.bind(engine.blobs)
    engine.blobs.removeAll = async () => {
      engine.blobs.removeAll = removeAll
      throw new Error('disk I/O error')
    }
    const writer = await running.writer()
    expect((await writer.refused({ kind: 'delete', log: running.log })).code).toBe('INTERNAL')
    await expect(engine.log.info(running.log)).rejects.toMatchObject({ code: 'GONE' })
    expect(await engine.blobs.has(running.log, nameOf(bytes))).toBe(true)
    const token = await running.database.token({ audience: running.url })
    const again = await running.connect()
    expect((await again.refused({ kind: 'open', log: running.log, token })).code).toBe('GONE')
    expect(await engine.blobs.has(running.log, nameOf(bytes))).toBe(false)
    await writer.get({ kind: 'delete', log: running.log })
  })

  it.each(['..%2f..%2f..%2fetc%2fpasswd', 'x', 'A'.repeat(52), `${'a'.repeat(51)}b`])(
    'named %s is none',
    async name => {
      const client = await BlobClient.open(await runServer())
      expect((await client.fetch(name)).status).toBe(404)
      expect((await client.fetch('a'.repeat(52), { log: name })).status).toBe(404)
    },
  )

  it('is bounded, by what it says it has and by what it has', async () => {
    const running = await runServer({ limits: { blobBytes: 1000 } })
    const client = await BlobClient.open(running)
    const declared = await client.put(randomBytes(1001))
    expect([declared.status, await codeOf(declared)]).toEqual([413, 'LIMIT_EXCEEDED'])
    const bytes = randomBytes(1001)
    const chunked = await client.fetch(nameOf(bytes), {
      method: 'PUT',
      body: new Blob([bytes]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(413)
    expect((await client.put(randomBytes(1000))).status).toBe(204)
  })

  it('fits the bytes of its database, together with its packs and with those put at the same time', async () => {
    const running = await runServer({ limits: { databaseBytes: 100_000 } })
    await (await running.writer()).append(running.log, new Uint8Array(randomBytes(40_000)))
    const client = await BlobClient.open(running)
    const both = await Promise.all([client.put(randomBytes(40_000)), client.put(randomBytes(40_000))])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 413])
    const last = randomBytes(15_904)
    expect((await client.put(last)).status).toBe(204)
    // 4096 bytes are left, which is what the smallest blob counts for.
    expect((await client.put(randomBytes(1))).status).toBe(204)
    expect((await client.put(randomBytes(1))).status).toBe(413)
    // What is there already takes no more.
    expect((await client.put(last)).status).toBe(204)
  })

  it('whose sender goes away is not kept, and no failure of the server', async () => {
    const engine = await openMemoryEngine()
    const running = await runServer({ engine })
    const bytes = randomBytes(100_000)
    const path = `${running.url}/v1/logs/${running.log}/blobs/${nameOf(bytes)}`
    const token = await running.database.token({ audience: running.url })
    const headers = { Authorization: `Bearer ${token}`, 'Content-Length': '100000' }
    const put = engine.blobs.put.bind(engine.blobs)
    const ended = new Promise(resolve => {
      engine.blobs.put = (...parameters) => put(...parameters).catch(resolve)
    })
    const sending = request(path, { method: 'PUT', headers }).on('error', () => undefined)
    sending.write(bytes.subarray(0, 50_000), () => sending.destroy())
    expect(await ended).toMatchObject({ code: 'ABORTED' })
    expect(await engine.blobs.has(running.log, nameOf(bytes))).toBe(false)
  })

  it('that cannot be read is told to the log under the name of its database, and neither to the console nor to the client', async () => {
    const lines: string[] = []
    const complain = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => complain.mockRestore())
    const engine = await openMemoryEngine()
    const running = await runServer({ engine, logger: pino({}, { write: line => void lines.push(line) }) })
    const client = await BlobClient.open(running)
    const bytes = randomBytes(1000)
    await client.put(bytes)
    const path = `/data/blobs/${running.log}/${nameOf(bytes)}`
    engine.blobs.get = async () => ({
      size: bytes.length,
      stream: (async function* () {
        yield new Uint8Array(bytes.subarray(0, 10))
        throw new Error(`EIO: i/o error, read '${path}'`)
      })(),
    })
    const answer = await client.fetch(nameOf(bytes)).then(response => response.text(), String)
    expect(lines.join('')).toContain('EIO')
    const said = complain.mock.calls.flat().map(value => (value instanceof Error ? value.stack : value))
    for (const text of [lines.join(''), said.join(''), answer]) expect(text).not.toContain(running.log)
    expect(said.join('') + answer).not.toContain('EIO')
  })
})
