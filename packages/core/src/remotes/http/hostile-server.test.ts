import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../protocol/limits.js'
import type { ServerMessage } from '../../protocol/messages.js'
import { blobName, pack, positionAfter } from '../../testing/remote-conformance/packs.js'
import { codeOf, HttpBench } from './fixtures/http-bench.js'
import { settle } from './fixtures/virtual-platform.js'

type Done = Extract<ServerMessage, { kind: 'done' }>

/** Changes what requests are answered with, those of `open` excepted. */
function answerWith(bench: HttpBench, change: (message: Done) => ServerMessage | undefined): void {
  bench.server.tamper = message =>
    message.kind === 'done' && !('permission' in message.value) ? change(message) : message
}

describe.each(['auto', 'polling'] as const)('a hostile server (%s)', transport => {
  it.each([
    ['no value of that kind', {}],
    ['entries beside those asked for', { before: null, entries: [entry(9)], head: positionAfter() }],
    ['more entries than asked for', { before: null, entries: [entry(1), entry(2)], head: positionAfter() }],
    ['a hash of another length', { before: new Uint8Array(31), entries: [], head: positionAfter() }],
    [
      'a position beyond all numbers',
      { before: null, entries: [], head: { ...positionAfter(), seq: 2 ** 60 } },
    ],
  ])('that answers a read with %s is unavailable', async (_, value) => {
    const bench = new HttpBench({ transport })
    const log = bench.open()
    answerWith(bench, message => ({ ...message, value: value as Done['value'] }))
    expect(await codeOf(log.read(0, { limit: 1 }))).toBe('REMOTE_UNAVAILABLE')
  })

  it.each(['CLOSED', 'KEY_MISSING', 'INTERNAL', 'whatever'])('cannot make up the error %s', async code => {
    const bench = new HttpBench({ transport })
    answerWith(bench, ({ id }) => ({
      kind: 'error',
      id,
      code: code as 'GONE',
      message: 'x'.repeat(4000),
      request: 'r',
      time: 0,
    }))
    const error = await bench
      .open()
      .read(0)
      .catch(thrown => thrown)
    expect(error.code).toBe('REMOTE_UNAVAILABLE')
    expect(error.message.length).toBeLessThan(400)
  })

  it('that answers what nobody asked is not heard', async () => {
    const bench = new HttpBench({ transport })
    const log = bench.open()
    const heard = await bench.follow(log)
    answerWith(bench, message => ({ ...message, id: message.id + 1000 }))
    const waiting = codeOf(log.append(pack(1)))
    await settle()
    for (const socket of bench.server.sockets) {
      socket.push({ kind: 'news', log: 'another', seq: 5, entries: [] })
      socket.push({ kind: 'error', id: 0, code: 'UNAUTHORIZED', message: '', request: 'another', time: 0 })
    }
    await settle()
    bench.server.cut()
    expect(await waiting).toBe('REMOTE_UNAVAILABLE')
    expect(heard()).not.toContain('news 5')
  })

  it('that speaks gibberish is unavailable', async () => {
    const bench = new HttpBench({ transport })
    bench.server.intercept = () => new Response(Uint8Array.of(0x9f, 0x9f, 0xff))
    bench.server.tamper = () => Uint8Array.of(0x9f, 0x9f, 0xff)
    expect(await codeOf(bench.open().read(0))).toBe('REMOTE_UNAVAILABLE')
  })

  it('is not given what it said is too large', async () => {
    const bench = new HttpBench({ transport })
    bench.server.limits = {
      ...DEFAULT_LIMITS,
      frameBytes: 100_000,
      readEntries: 5,
      readBytes: 1000,
      blobBytes: 50,
    }
    const log = bench.open()
    await log.read(0)
    expect(await codeOf(log.append(pack(1, 100_001)))).toBe('LIMIT_EXCEEDED')
    expect(await codeOf(log.append(pack(1, 99_990)))).toBe('LIMIT_EXCEEDED')
    expect(await codeOf(log.putBlob(blobName(pack(1, 51)), pack(1, 51)))).toBe('LIMIT_EXCEEDED')
    expect((await log.append(pack(1, 50_000))).seq).toBe(1)
    for (let number = 2; number < 9; number += 1) await log.append(pack(number, 10))
    expect((await log.read(1, { limit: 100 })).entries.length).toBe(5)
    expect(bench.count('PUT')).toBe(0)
  })
})

describe('a hostile server', () => {
  it('that sends text, or more than it said, loses the connection', async () => {
    for (const frame of ['text', new ArrayBuffer(10_000_000)]) {
      const bench = new HttpBench()
      const log = bench.open()
      const heard = await bench.follow(log)
      for (const socket of bench.server.sockets) socket.pushFrame(frame)
      await settle()
      expect(heard()).toEqual(['lost'])
      expect((await log.append(pack(1))).seq).toBe(1)
    }
  })

  it('that wants to be left alone for ever is asked again after five minutes', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    await log.read(0)
    for (const socket of bench.server.sockets)
      socket.push({ kind: 'closing', retryAfter: Number.MAX_SAFE_INTEGER })
    await bench.platform.advance(299_000)
    expect(await codeOf(log.read(0))).toBe('REMOTE_UNAVAILABLE')
    await bench.platform.advance(1000)
    expect(await codeOf(log.read(0))).toBe(undefined)
  })

  it('that has no version in common is an error by itself, and polling is not tried', async () => {
    const bench = new HttpBench()
    bench.server.tamper = () => ({
      kind: 'error',
      id: 0,
      code: 'UNSUPPORTED_FORMAT',
      message: 'v9 only',
      request: 'r',
      time: 0,
    })
    expect(await codeOf(bench.open().read(0))).toBe('UNSUPPORTED_FORMAT')
    expect(bench.count('POST')).toBe(0)
  })
})

describe('the blobs of a hostile server', () => {
  const NAME = blobName(pack(7))

  it('without an end are cut where they were to end', async () => {
    const bench = new HttpBench()
    let pulled = 0
    const endless = (status: number) => () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulled += 1
            controller.enqueue(Uint8Array.from({ length: 1000 }, (_, i) => (pulled * 1000 + i) & 0xff))
          },
        }),
        { status },
      )
    const log = bench.open()
    bench.server.intercept = endless(206)
    expect((await log.getBlob(NAME, { range: { offset: 5000, length: 1500 } }))?.length).toBe(1500)
    bench.server.intercept = endless(200)
    const skipped = await log.getBlob(NAME, { range: { offset: 5500, length: 10 } })
    expect(skipped?.length).toBe(10)
    expect(pulled).toBeLessThan(20)
  })

  it('that are longer than its own limit are refused', async () => {
    const bench = new HttpBench()
    bench.server.limits = { ...DEFAULT_LIMITS, blobBytes: 50 }
    const log = bench.open()
    await log.read(0)
    bench.server.intercept = () => new Response(new Uint8Array(51))
    expect(await codeOf(log.getBlob(NAME))).toBe('REMOTE_UNAVAILABLE')
  })

  it('that do not come are not waited for', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    bench.server.intercept = (_, { signal }) =>
      new Response(
        new ReadableStream({
          start: controller => signal?.addEventListener('abort', () => controller.error(signal.reason)),
        }),
      )
    const code = codeOf(log.getBlob(NAME))
    await bench.platform.advance(31_000)
    expect(await code).toBe('REMOTE_UNAVAILABLE')
  })

  it.each([404, 500, 302, 401])('that are the page of a stranger (%i) are unavailable', async status => {
    const bench = new HttpBench()
    bench.server.intercept = () => new Response('<html>', { status })
    expect(await codeOf(bench.open().getBlob(NAME))).toBe('REMOTE_UNAVAILABLE')
  })

  it('fail with what the server says, if that is one of the errors that it may say', async () => {
    const bench = new HttpBench()
    const say = (error: object) => () => Response.json({ error }, { status: 413 })
    bench.server.intercept = say({
      code: 'LIMIT_EXCEEDED',
      message: 'full',
      request: 'r',
      time: 1,
      retryAfter: 5,
    })
    const log = bench.open()
    await expect(log.getBlob(NAME)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      details: { retryAfter: 5 },
    })
    bench.server.intercept = say({
      code: 'LIMIT_EXCEEDED',
      message: 'full',
      request: 'r',
      time: 1,
      limit: 'database',
    })
    await expect(log.getBlob(NAME)).rejects.toMatchObject({ details: { limit: 'database' } })
    bench.server.intercept = say({ code: 'CLOSED', message: 'ha', request: 'r', time: 1 })
    expect(await codeOf(log.getBlob(NAME))).toBe('REMOTE_UNAVAILABLE')
    bench.server.intercept = say({ code: 5 })
    expect(await codeOf(log.getBlob(NAME))).toBe('REMOTE_UNAVAILABLE')
  })
})

function entry(seq: number) {
  return { seq, digest: new Uint8Array(32), pack: pack(seq), isRedacted: false }
}
