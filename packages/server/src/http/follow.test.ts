import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { TestDatabase } from '../auth/fixtures/test-database.js'
import type { Engine } from '../engines/engine.js'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { entryOf } from '../engines/testing/samples.js'
import { runServer } from './fixtures/run-server.js'
import type { TestClient } from './fixtures/test-client.js'
import { Following } from './following.js'
import { NewsHub } from './news-hub.js'

function pack(size = 100): Uint8Array {
  return new Uint8Array(randomBytes(size))
}

/** Waits for news that goes up to a place; returns all entries that came on the way. */
async function newsUpTo(client: TestClient, seq: number) {
  const entries = []
  while (true) {
    const news = await client.next('news')
    entries.push(...news.entries)
    if (news.seq >= seq) return entries
  }
}

/** The next read of a log fails. */
function failOnce(engine: Engine, log: string): void {
  const read = engine.log.read.bind(engine.log)
  engine.log.read = async (id, ...parameters) => {
    if (id !== log) return read(id, ...parameters)
    engine.log.read = read
    throw new Error('the disk is busy')
  }
}

describe('following a log', () => {
  it('brings entries of others and of its own as they come, without a gap', async () => {
    const running = await runServer()
    const { log } = running
    const [writer, reader] = [await running.writer(), await running.reader()]
    for (const client of [writer, reader]) {
      expect(await client.get({ kind: 'follow', log, after: 0 })).toMatchObject({ head: { seq: 0 } })
    }
    const packs = Array.from({ length: 20 }, () => pack())
    for (const one of packs) await writer.append(log, one)
    for (const client of [writer, reader]) {
      const entries = await newsUpTo(client, 20)
      expect(entries.map(({ seq }) => seq)).toEqual(packs.map((_, index) => index + 1))
      expect(entries.map(entry => entry.pack)).toEqual(packs)
    }
  })

  it('brings what was appended before, and what another process appended', async () => {
    const engine = await openMemoryEngine()
    const [running, other] = [await runServer({ engine }), await runServer({ engine })]
    const { log, database } = running
    await (await running.writer()).append(log, pack())
    const reader = await running.reader()
    await reader.get({ kind: 'follow', log, after: 0 })
    expect(await newsUpTo(reader, 1)).toHaveLength(1)
    const elsewhere = await other.connect()
    await elsewhere.open(database, { audience: other.url })
    await elsewhere.append(log, pack())
    expect(await newsUpTo(reader, 2)).toHaveLength(1)
  })

  it('tells of a large entry without bringing it', async () => {
    const running = await runServer()
    const { log } = running
    const writer = await running.writer()
    await writer.get({ kind: 'follow', log, after: 0 })
    await writer.append(log, pack(100_000))
    expect(await writer.next('news')).toEqual({ kind: 'news', log, seq: 1, entries: [] })
  })

  it('brings nothing of a place that was not asked for, of another log, and after the log was closed', async () => {
    const running = await runServer()
    const { log } = running
    const [writer, reader] = [await running.writer(), await running.reader()]
    await reader.get({ kind: 'follow', log, after: 2 })
    const other = new TestDatabase()
    await writer.open(other, { audience: running.url })
    await writer.append(other.logId, pack())
    await writer.append(log, pack())
    await writer.append(log, pack())
    await writer.append(log, pack())
    expect(await reader.next('news')).toMatchObject({ log, seq: 3, entries: [{ seq: 3 }] })
    await reader.get({ kind: 'close', log })
    await writer.append(log, pack())
    await expect(reader.refused({ kind: 'follow', log, after: 0 })).resolves.toMatchObject({
      code: 'UNAUTHORIZED',
    })
    expect(reader.messages).toEqual([])
  })

  it('ends when the token expires, and goes on after the log was opened again', async () => {
    let now = Date.now()
    const running = await runServer({ now: () => now })
    const { log, database, url } = running
    const [writer, reader] = [await running.writer(), await running.connect()]
    // The token holds for one more second, in real time.
    const { expires } = await reader.open(database, { audience: url, permission: 'read', now, lifetime: 1 })
    expect(expires).toBeLessThanOrEqual(now + 1000)
    await reader.get({ kind: 'follow', log, after: 0 })
    now += 1500
    const told = await reader.find(message => message.kind === 'error' && message.id === 0)
    expect(told).toMatchObject({ code: 'UNAUTHORIZED', request: log, time: now })
    const read = { kind: 'read', log, after: 0, limit: 1, bytes: 1 } as const
    expect((await reader.refused(read)).code).toBe('UNAUTHORIZED')
    await writer.append(log, pack())
    await reader.open(database, { audience: url, permission: 'read', now })
    expect(reader.messages).toEqual([])
    await reader.get({ kind: 'follow', log, after: 0 })
    expect(await newsUpTo(reader, 1)).toHaveLength(1)
  })

  it('brings nothing after the token expired, even before the log is closed', async () => {
    let now = Date.now()
    const running = await runServer({ now: () => now })
    const { log, database, url } = running
    const [writer, reader] = [await running.writer(), await running.connect()]
    await reader.open(database, { audience: url, permission: 'read', now, lifetime: 60 })
    await reader.get({ kind: 'follow', log, after: 0 })
    now += 61_000
    await writer.append(log, pack())
    const told = await reader.find(({ kind }) => kind !== 'closing')
    expect(told).toMatchObject({ kind: 'error', id: 0, code: 'UNAUTHORIZED', request: log })
    expect(reader.messages).toEqual([])
  })

  it('does not begin when the log is closed meanwhile', async () => {
    const engine = await openMemoryEngine()
    const running = await runServer({ engine })
    const { log } = running
    const [writer, reader] = [await running.writer(), await running.reader()]
    const info = engine.log.info.bind(engine.log)
    engine.log.info = async id => {
      await reader.get({ kind: 'close', log })
      return info(id)
    }
    expect((await reader.refused({ kind: 'follow', log, after: 0 })).code).toBe('UNAUTHORIZED')
    await writer.append(log, pack())
    await reader.refused({ kind: 'get-pointer', log })
    expect(reader.messages).toEqual([])
  })

  it('brings later what could not be read at first', async () => {
    const engine = await openMemoryEngine()
    const running = await runServer({ engine })
    const { log } = running
    const [writer, reader] = [await running.writer(), await running.reader()]
    await writer.append(log, pack())
    failOnce(engine, log)
    await reader.get({ kind: 'follow', log, after: 0 })
    expect(await newsUpTo(reader, 1)).toHaveLength(1)
  })

  it('of which one cannot be read brings the news of the others first', async () => {
    const engine = await openMemoryEngine()
    const [bad, good] = ['bad', 'good']
    for (const log of [bad, good]) await engine.log.append(log, entryOf(pack()))
    failOnce(engine, bad)
    const following = new Following({
      news: new NewsHub(engine.log),
      isOpen: () => true,
      onDue: () => undefined,
      onExpired: () => undefined,
      onGone: () => undefined,
    })
    for (const log of [bad, good]) following.follow(log, 0)
    expect([await following.next(), await following.next()]).toMatchObject([{ log: good }, { log: bad }])
    expect(following.hasDue).toBe(false)
  })

  it('that was deleted before it was read ends, and is not read for ever', async () => {
    const engine = await openMemoryEngine()
    await engine.log.remove('log')
    const gone: string[] = []
    const following = new Following({
      news: new NewsHub(engine.log),
      isOpen: () => true,
      onDue: () => undefined,
      onExpired: () => undefined,
      onGone: log => gone.push(log),
    })
    following.follow('log', 0)
    expect([await following.next(), gone, following.hasDue]).toEqual([undefined, ['log'], false])
  })

  it('goes on over a renewed token', async () => {
    const running = await runServer()
    const { log, database, url } = running
    const reader = await running.reader()
    await reader.get({ kind: 'follow', log, after: 0 })
    await reader.open(database, { audience: url, permission: 'read' })
    await (await running.writer()).append(log, pack())
    expect(await newsUpTo(reader, 1)).toHaveLength(1)
  })
})

describe('a reader that stops reading', () => {
  it('is cut when it takes nothing for a while, and reads on by its cursor', async () => {
    const running = await runServer({ limits: { stallTimeout: 200 } })
    const { log } = running
    const [writer, reader] = [await running.writer(), await running.reader()]
    const packs = 40
    for (let i = 0; i < packs; i++) await writer.append(log, pack(1_000_000))
    reader.socket.pause()
    for (let i = 0; i < packs; i += 4) {
      reader.send({ kind: 'read', id: 1000 + i, log, after: i, limit: 4, bytes: 4_000_000 })
    }
    await cut(running)
    reader.socket.resume()
    expect([1006, 1013]).toContain(await reader.closed())
    const again = await running.reader()
    const page = await again.get({ kind: 'read', log, after: 38, limit: 4, bytes: 4_000_000 })
    expect(page.entries.map(({ seq }) => seq)).toEqual([39, 40])
  })

  it('is cut when too much waits for it', async () => {
    const running = await runServer({
      limits: { queueBytes: 10_000, stallTimeout: 60_000, requestsPerSecond: 100_000 },
    })
    const { log } = running
    const [writer, reader] = [await running.writer(), await running.reader()]
    for (let i = 0; i < 8; i++) await writer.append(log, pack(4_000_000))
    reader.socket.pause()
    reader.send({ kind: 'read', id: 1, log, after: 0, limit: 1, bytes: 4_000_000 })
    reader.send({ kind: 'read', id: 2, log, after: 1, limit: 1, bytes: 4_000_000 })
    for (let id = 3; id < 2000; id++) reader.send({ kind: 'follow', id, log, after: 8 })
    await cut(running)
  })

  it('costs no more memory however much is appended', async () => {
    const running = await runServer({ limits: { stallTimeout: 60_000 } })
    const { log } = running
    const writer = await running.writer()
    const readers = await Promise.all(Array.from({ length: 100 }, () => running.reader()))
    for (const reader of readers) {
      await reader.get({ kind: 'follow', log, after: 0 })
      reader.socket.pause()
    }
    const append = async (times: number): Promise<number> => {
      for (let i = 0; i < times; i++) await writer.append(log, pack(60_000))
      global.gc?.()
      return process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
    }
    // What the network itself takes is full after some of them.
    const before = await append(100)
    const after = await append(300)
    // The log itself is in memory: 300 packs of 60 kB. Without coalescing it were a hundred times as much.
    expect(after - before).toBeLessThan(300 * 60_000 + 100 * 1_000_000)
  }, 60_000)
})

async function cut(running: { url: string }): Promise<void> {
  while (true) {
    const text = await (await fetch(`${running.url}/metrics`)).text()
    if (/firekeep_events_total\{event="reader-cut"\} 1/.test(text)) return
    await new Promise(resolve => setImmediate(resolve))
  }
}
