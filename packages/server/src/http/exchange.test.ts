import { randomBytes } from 'node:crypto'
import {
  type ClientMessage,
  decodeServerMessages,
  encodeMessages,
  type ServerMessage,
} from '@firekeep/core/protocol'
import { describe, expect, it } from 'vitest'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { type RunningServer, runServer } from './fixtures/run-server.js'

const TYPE = 'application/vnd.ipld.dag-cbor'
const HELLO: ClientMessage = { kind: 'hello', versions: [1] }

function pack(size = 100): Uint8Array {
  return new Uint8Array(randomBytes(size))
}

function post(url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method: 'POST', body: new Uint8Array(body), headers: { 'Content-Type': TYPE, ...headers } }
  return fetch(`${url}/v1/exchange`, init)
}

async function ask(url: string, messages: ClientMessage[], wait = 0): Promise<ServerMessage[]> {
  const response = await post(url, encodeMessages([HELLO, ...messages]), { 'Firekeep-Wait': String(wait) })
  expect([response.status, response.headers.get('Content-Type')]).toEqual([200, TYPE])
  return decodeServerMessages(new Uint8Array(await response.arrayBuffer()))
}

async function openOf({ database, url, log }: RunningServer): Promise<ClientMessage> {
  return { kind: 'open', id: 1, log, token: await database.token({ audience: url }) }
}

function answerTo(messages: ServerMessage[], id: number): ServerMessage | undefined {
  return messages.find(message => 'id' in message && message.id === id)
}

describe('an exchange', () => {
  it('is a connection of its own: welcome first, then the answers', async () => {
    const running = await runServer()
    const { url, log } = running
    const open = await openOf(running)
    const answers = await ask(url, [open, { kind: 'append', id: 2, log, pack: pack(), blobs: [] }])
    expect(answers[0]).toMatchObject({ kind: 'welcome', audience: url })
    expect(answerTo(answers, 2)).toMatchObject({ kind: 'done', value: { seq: 1 } })
    const later = await ask(url, [{ kind: 'read', id: 3, log, after: 0, limit: 9, bytes: 999 }])
    expect(answerTo(later, 3)).toMatchObject({ kind: 'error', code: 'UNAUTHORIZED' })
    const read = await ask(url, [open, { kind: 'read', id: 3, log, after: 0, limit: 9, bytes: 999 }])
    expect(answerTo(read, 3)).toMatchObject({ kind: 'done', value: { head: { seq: 1 } } })
  })

  it('that follows is held back until there is news', async () => {
    const running = await runServer()
    const { url, log } = running
    const polled = ask(url, [await openOf(running), { kind: 'follow', id: 2, log, after: 0 }], 20_000)
    const writer = await running.writer()
    const sent = pack()
    await writer.append(log, sent)
    const news = (await polled).find(({ kind }) => kind === 'news')
    expect(news).toMatchObject({ log, seq: 1, entries: [{ seq: 1, pack: sent }] })
  })

  it('that follows brings at once what was appended before, and answers when its time is over', async () => {
    const running = await runServer()
    const { url, log } = running
    await (await running.writer()).append(log, pack())
    const open = await openOf(running)
    const known = await ask(url, [open, { kind: 'follow', id: 2, log, after: 0 }], 20_000)
    expect(known.at(-1)).toMatchObject({ kind: 'news', seq: 1 })
    for (const wait of [0, 50]) {
      const none = await ask(url, [open, { kind: 'follow', id: 2, log, after: 1 }], wait)
      expect(none.map(({ kind }) => kind)).toEqual(['welcome', 'done', 'done'])
    }
  })

  it('that follows is answered when the database is deleted', async () => {
    const running = await runServer()
    const { url, log } = running
    const writer = await running.writer()
    await writer.append(log, pack())
    const polled = ask(url, [await openOf(running), { kind: 'follow', id: 2, log, after: 1 }], 20_000)
    await writer.get({ kind: 'follow', log, after: 1 })
    await writer.get({ kind: 'delete', log })
    const answers = await polled
    const told = answers.some(message => message.kind === 'error')
    expect(told).toBe(true)
  })

  it('answers no more than fits, and says what to ask for again', async () => {
    const running = await runServer({ limits: { frameBytes: 256 * 1024 } })
    const { url, log } = running
    const writer = await running.writer()
    for (let i = 0; i < 4; i++) await writer.append(log, pack(150_000))
    const reads = [0, 1, 2, 3].map(
      after => ({ kind: 'read', id: after + 2, log, after, limit: 1, bytes: 1 }) as const,
    )
    const answers = await ask(url, [await openOf(running), ...reads])
    expect([2, 3, 4, 5].map(id => answerTo(answers, id)?.kind)).toEqual(['done', 'done', 'error', 'error'])
    expect(answerTo(answers, 5)).toMatchObject({ code: 'LIMIT_EXCEEDED', retryAfter: 0 })
  })

  it('makes large answers one after the other', async () => {
    const engine = await openMemoryEngine()
    const running = await runServer({ engine })
    const { log, url } = running
    const digests = engine.log.digests.bind(engine.log)
    let underWay = 0
    let most = 0
    engine.log.digests = async (...parameters) => {
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise(resolve => setImmediate(resolve))
      underWay -= 1
      return digests(...parameters)
    }
    const asked = [2, 3, 4].map(id => ({ kind: 'digests', id, log, after: 0, limit: 9 }) as const)
    const answers = await ask(url, [await openOf(running), ...asked])
    expect([2, 3, 4].map(id => answerTo(answers, id)?.kind)).toEqual(['done', 'done', 'done'])
    expect(most).toBe(1)
  })

  it('of millions of items is refused before they are made', async () => {
    const { url } = await runServer()
    const bomb = new Uint8Array(4_000_000).fill(0xa0)
    bomb.set([0x9a, 0x00, 0x3d, 0x08, 0xfb])
    const response = await post(url, bomb)
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('300000 items')])
  })

  it.each([
    ['without a `hello`', encodeMessages([{ kind: 'close', id: 1, log: 'x' }]), TYPE],
    ['with two', encodeMessages([HELLO, HELLO]), TYPE],
    ['of an unknown version', encodeMessages([{ kind: 'hello', versions: [99] }]), TYPE],
    ['that does not decode', new Uint8Array([0xff]), TYPE],
    ['of another type', encodeMessages([HELLO]), 'application/json'],
  ])('%s is refused', async (_, body, type) => {
    const { url } = await runServer()
    const response = await post(url, body, { 'Content-Type': type })
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      time: expect.any(Number),
    })
    expect(response.headers.get('Firekeep-Request')).toBe(error.request)
  })

  it('counts among the requests of an address', async () => {
    const now = Date.now()
    const { url } = await runServer({ now: () => now, limits: { requestsPerSecond: 1 } })
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) statuses.push((await post(url, encodeMessages([HELLO]))).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  it('that is too large is refused, whether it says so or not', async () => {
    const { url } = await runServer({ limits: { frameBytes: 256 * 1024 } })
    const body = new Uint8Array(600_000)
    expect((await post(url, body)).status).toBe(413)
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000))
      },
    })
    const init = {
      method: 'POST',
      body: stream,
      headers: { 'Content-Type': TYPE },
      duplex: 'half',
    } as RequestInit
    const endless = fetch(`${url}/v1/exchange`, init)
    // The connection may be cut while the client still sends.
    const status = await endless.then(
      response => response.status,
      () => 413,
    )
    expect(status).toBe(413)
  })
})
