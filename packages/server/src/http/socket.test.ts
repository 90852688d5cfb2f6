import { randomBytes } from 'node:crypto'
import {
  advanceLogHash,
  digestPack,
  EMPTY_LOG_HASH,
  encodeMessage,
  PROTOCOL_VERSION,
  type RequestMessage,
} from '@firekeep/core/protocol'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { TestDatabase } from '../auth/fixtures/test-database.js'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { runServer } from './fixtures/run-server.js'

function pack(size = 100): Uint8Array {
  return new Uint8Array(randomBytes(size))
}

describe('a WebSocket', () => {
  it('is welcomed with the time, the origin and the limits', async () => {
    const running = await runServer({ now: () => 1_800_000_000_000 })
    const client = await running.connect({ hello: false })
    client.send({ kind: 'hello', versions: [7, PROTOCOL_VERSION] })
    expect(await client.next('welcome')).toMatchObject({
      version: PROTOCOL_VERSION,
      time: 1_800_000_000_000,
      audience: running.url,
      limits: { frameBytes: 8 * 1024 * 1024, blobBytes: 256 * 1024 * 1024 },
    })
  })

  it('is refused and closed with 1002 where no version is common', async () => {
    const client = await (await runServer()).connect({ hello: false })
    client.send({ kind: 'hello', versions: [99] })
    expect(await client.next('error')).toMatchObject({ id: 0, code: 'UNSUPPORTED_FORMAT' })
    expect(await client.closed()).toBe(1002)
  })

  it.each([
    ['a request before `hello`', encodeMessage({ kind: 'get-pointer', id: 1, log: 'x' })],
    ['what is no message', new Uint8Array([0xff, 0x00])],
  ])('is closed with 1002 after %s', async (_, bytes) => {
    const client = await (await runServer()).connect({ hello: false })
    client.socket.send(bytes)
    expect(await client.next('error')).toMatchObject({ id: 0, code: 'UNSUPPORTED_FORMAT' })
    expect(await client.closed()).toBe(1002)
  })

  it('is closed with 1003 after text, and with 1002 after a second `hello`', async () => {
    const running = await runServer()
    const texting = await running.connect()
    texting.socket.send('hello')
    expect(await texting.closed()).toBe(1003)
    const greeting = await running.connect()
    greeting.send({ kind: 'hello', versions: [1] })
    expect(await greeting.closed()).toBe(1002)
  })

  it('appends, reads and keeps the running hash', async () => {
    const running = await runServer()
    const client = await running.writer()
    const packs = [pack(), pack()] as const
    const [first, second] = packs.map(digestPack) as [Uint8Array, Uint8Array]
    const h1 = advanceLogHash(EMPTY_LOG_HASH, first)
    const h2 = advanceLogHash(h1, second)
    expect(await client.append(running.log, packs[0])).toEqual({ seq: 1, hash: h1 })
    expect(await client.append(running.log, packs[1])).toEqual({ seq: 2, hash: h2 })
    expect(await client.append(running.log, packs[0])).toEqual({ seq: 1, hash: h1 })
    const page = await client.get({ kind: 'read', log: running.log, after: 1, limit: 10, bytes: 1000 })
    const entry = { seq: 2, digest: second, pack: packs[1], isRedacted: false }
    expect(page).toEqual({ before: h1, entries: [entry], head: { seq: 2, hash: h2 } })
    const beyond = await client.get({ kind: 'read', log: running.log, after: 9, limit: 10, bytes: 1000 })
    expect(beyond).toEqual({ before: null, entries: [], head: { seq: 2, hash: h2 } })
    const { digests } = await client.get({ kind: 'digests', log: running.log, after: 0, limit: 5 })
    expect(digests).toEqual([first, second])
  })

  it('keeps pipelined appends in their order', async () => {
    const running = await runServer()
    const client = await running.writer()
    const packs = Array.from({ length: 200 }, () => pack(50))
    const places = await Promise.all(packs.map(one => client.append(running.log, one)))
    expect(places.map(({ seq }) => seq)).toEqual(packs.map((_, index) => index + 1))
  })

  it('answers requests that were sent right behind their `open`', async () => {
    const running = await runServer()
    const client = await running.connect()
    const token = await running.database.token({ audience: running.url })
    const opened = client.get({ kind: 'open', log: running.log, token })
    const appended = client.append(running.log, pack())
    expect((await opened).head.seq).toBe(0)
    expect((await appended).seq).toBe(1)
  })

  it('sets a pointer by compare and set, when its blobs are there', async () => {
    const running = await runServer()
    const client = await running.writer()
    const { log } = running
    const pointer = { seq: 0, blobs: [], sealed: pack() }
    expect(await client.get({ kind: 'get-pointer', log })).toEqual({ pointer: null })
    expect(await client.get({ kind: 'set-pointer', log, pointer, replaces: null })).toEqual({ isSet: true })
    const stored = (await client.get({ kind: 'get-pointer', log })).pointer
    expect(stored).toMatchObject(pointer)
    const other = { ...pointer, sealed: pack() }
    expect(await client.get({ kind: 'set-pointer', log, pointer: other, replaces: null })).toEqual({
      isSet: false,
    })
    const replaces = stored?.version as string
    expect(await client.get({ kind: 'set-pointer', log, pointer: other, replaces })).toEqual({ isSet: true })
    for (const name of ['a'.repeat(52), '../../etc/passwd']) {
      const lacking = { ...pointer, blobs: [name] }
      const error = await client.refused({ kind: 'set-pointer', log, pointer: lacking, replaces: null })
      expect(error.code).toBe('BLOCK_MISSING')
      expect((await client.refused({ kind: 'append', log, pack: pack(), blobs: [name] })).code).toBe(
        'BLOCK_MISSING',
      )
    }
  })

  it('redacts, and deletes for good: others who have the log open are told to open it again', async () => {
    const running = await runServer()
    const { log } = running
    const [client, other] = [await running.writer(), await running.reader()]
    const before = pack()
    await client.append(log, before)
    const after = pack()
    await client.get({ kind: 'redact', log, seq: 1, pack: after })
    const { entries } = await other.get({ kind: 'read', log, after: 0, limit: 1, bytes: 1000 })
    expect(entries).toEqual([{ seq: 1, digest: digestPack(before), pack: after, isRedacted: true }])
    expect((await client.refused({ kind: 'redact', log, seq: 2, pack: after })).code).toBe('NOT_FOUND')
    await other.get({ kind: 'follow', log, after: 1 })
    await client.get({ kind: 'delete', log })
    const told = await other.find(message => message.kind === 'error' && message.id === 0)
    expect(told).toMatchObject({ code: 'UNAUTHORIZED', request: log })
    const token = await running.database.token({ audience: running.url })
    expect((await other.refused({ kind: 'open', log, token })).code).toBe('GONE')
    expect((await client.refused({ kind: 'append', log, pack: before, blobs: [] })).code).toBe('GONE')
  })

  it('lets who may read only read', async () => {
    const running = await runServer()
    const { log } = running
    await (await running.writer()).append(log, pack())
    const client = await running.reader()
    const pointer = { seq: 0, blobs: [], sealed: pack() }
    const writes = [
      { kind: 'append', log, pack: pack(), blobs: [] },
      { kind: 'set-pointer', log, pointer, replaces: null },
      { kind: 'redact', log, seq: 1, pack: pack() },
      { kind: 'delete', log },
    ] as const
    for (const write of writes) expect((await client.refused(write)).code).toBe('FORBIDDEN')
    expect((await client.get({ kind: 'read', log, after: 0, limit: 1, bytes: 9 })).entries).toHaveLength(1)
    expect((await client.get({ kind: 'get-pointer', log })).pointer).toBeNull()
    expect((await client.get({ kind: 'digests', log, after: 0, limit: 9 })).digests).toHaveLength(1)
  })

  it('serves only logs that are open, and none after it was closed', async () => {
    const running = await runServer()
    const { log } = running
    const client = await running.connect()
    const read = { kind: 'read', log, after: 0, limit: 1, bytes: 1 } as const
    expect((await client.refused(read)).code).toBe('UNAUTHORIZED')
    await client.open(running.database, { audience: running.url })
    await client.get(read)
    await client.get({ kind: 'close', log })
    expect((await client.refused(read)).code).toBe('UNAUTHORIZED')
  })

  it('refuses a bad token with the time of the server, and keeps what was open', async () => {
    const running = await runServer()
    const client = await running.writer()
    const token = await new TestDatabase().token({ audience: running.url })
    const error = await client.refused({ kind: 'open', log: running.log, token })
    expect(error.code).toBe('UNAUTHORIZED')
    expect(Math.abs(error.time - Date.now())).toBeLessThan(60_000)
    await client.append(running.log, pack())
    expect((await client.refused({ kind: 'open', log: '../../etc', token })).code).toBe('UNAUTHORIZED')
  })

  it('tells nobody whether a log exists: an unknown one is an empty one', async () => {
    const running = await runServer()
    const client = await running.connect()
    const opened = await client.open(running.database, { audience: running.url })
    expect(opened).toMatchObject({ permission: 'write', head: { seq: 0, hash: EMPTY_LOG_HASH } })
    const stranger = new TestDatabase()
    const forged = await stranger.token({ audience: running.url, claims: { db: running.log } })
    const unknown = new TestDatabase().logId
    const forUnknown = await stranger.token({ audience: running.url, claims: { db: unknown } })
    const [known, none] = [
      await client.refused({ kind: 'open', log: running.log, token: forged }),
      await client.refused({ kind: 'open', log: unknown, token: forUnknown }),
    ]
    expect([known.code, known.message]).toEqual([none.code, none.message])
  })

  it('names each refused request, and answers failures of ours with `INTERNAL` and that name', async () => {
    const engine = await openMemoryEngine()
    const lines: string[] = []
    const logger = pino({ level: 'info' }, { write: line => void lines.push(line) })
    const running = await runServer({ engine, logger })
    const client = await running.writer()
    engine.log.getPointer = async () => {
      throw new TypeError(`a bug with ${running.log}`)
    }
    const error = await client.refused({ kind: 'get-pointer', log: running.log })
    expect(error.code).toBe('INTERNAL')
    expect(error.message).not.toContain('a bug')
    const line = lines.find(text => text.includes(error.request)) as string
    expect(JSON.parse(line).error).toMatchObject({
      type: 'TypeError',
      stack: expect.stringContaining('socket.test'),
    })
    expect(line).not.toContain(running.log)
  })

  it('hears of storage that fails as of a server that is away', async () => {
    const engine = await openMemoryEngine()
    const running = await runServer({ engine })
    const client = await running.writer()
    await engine.close()
    const error = await client.refused({ kind: 'get-pointer', log: running.log })
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', retryAfter: expect.any(Number) })
  })

  it('may send requests in any number: none is lost', async () => {
    const running = await runServer()
    const client = await running.writer()
    const request = (id: number): RequestMessage => ({ kind: 'get-pointer', id: id + 1000, log: running.log })
    for (let i = 0; i < 600; i++) client.send(request(i))
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, i) =>
        client.find(message => 'id' in message && message.id === i + 1000),
      ),
    )
    expect(answers.every(({ kind }) => kind === 'done')).toBe(true)
  })
})
