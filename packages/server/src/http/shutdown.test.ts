import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type ClientMessage, decodeServerMessages, encodeMessages } from '@firekeep/core/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { Drain } from './drain.js'
import { runServer } from './fixtures/run-server.js'

function pack(): Uint8Array {
  return new Uint8Array(randomBytes(100))
}

/** An engine whose appends wait until they are let go. */
async function slowEngine() {
  const engine = await openMemoryEngine()
  const append = engine.log.append.bind(engine.log)
  let letGo = (): void => undefined
  let begin = (): void => undefined
  const gate = new Promise<void>(resolve => {
    letGo = resolve
  })
  const begun = new Promise<void>(resolve => {
    begin = resolve
  })
  engine.log.append = async (...parameters) => {
    begin()
    await gate
    return append(...parameters)
  }
  return { engine, letGo, begun }
}

describe('a server that is closed', () => {
  it('tells clients when to come back, spread over a while, and closes with 1012', async () => {
    const draws = [0, 0.5, 0.999]
    const running = await runServer({ random: () => draws.pop() ?? 0 })
    const clients = await Promise.all([running.connect(), running.connect(), running.connect()])
    void running.server.close()
    const waits = await Promise.all(clients.map(async client => (await client.next('closing')).retryAfter))
    expect(waits.sort((a, b) => a - b)).toEqual([500, 5250, 9991])
    expect(await Promise.all(clients.map(client => client.closed()))).toEqual([1012, 1012, 1012])
    await running.server.close()
  })

  it('answers appends that run, and refuses what is new', async () => {
    const { engine, letGo, begun } = await slowEngine()
    const running = await runServer({ engine, drainTimeout: 10_000 })
    const client = await running.writer()
    const appended = client.append(running.log, pack())
    await begun
    const closed = running.server.close()
    await client.next('closing')
    const refused = await client.refused({ kind: 'append', log: running.log, pack: pack(), blobs: [] })
    expect(refused).toMatchObject({ code: 'REMOTE_UNAVAILABLE', retryAfter: expect.any(Number) })
    letGo()
    expect((await appended).seq).toBe(1)
    expect(await client.closed()).toBe(1012)
    await closed
    // The engine is the caller's: it is open still.
    expect((await engine.log.info(running.log)).head.seq).toBe(1)
    await engine.close()
  })

  it('waits no longer than it may', async () => {
    const { engine, begun, letGo } = await slowEngine()
    const running = await runServer({ engine, drainTimeout: 50 })
    const client = await running.writer()
    void client.append(running.log, pack()).catch(() => undefined)
    await begun
    await running.server.close()
    expect(await client.closed()).toBe(1012)
    letGo()
  })

  it('answers long polls at once', async () => {
    const running = await runServer()
    const { log, url, database } = running
    const messages: ClientMessage[] = [
      { kind: 'hello', versions: [1] },
      { kind: 'open', id: 1, log, token: await database.token({ audience: url }) },
      { kind: 'follow', id: 2, log, after: 0 },
    ]
    const headers = { 'Content-Type': 'application/vnd.ipld.dag-cbor', 'Firekeep-Wait': '30000' }
    const body = new Uint8Array(encodeMessages(messages))
    const polled = fetch(`${url}/v1/exchange`, { method: 'POST', body, headers })
    // The poll waits once its requests were counted.
    const metrics = async () => (await fetch(`${url}/metrics`)).text()
    await expect.poll(metrics).toMatch(/direction="out"\} [1-9]|direction="in"\} [1-9]/)
    await running.server.close()
    const answers = decodeServerMessages(new Uint8Array(await (await polled).arrayBuffer()))
    expect(answers[0]?.kind).toBe('welcome')
  })

  it('does not wait for a client that was refused and keeps its side open', async () => {
    const running = await runServer()
    const { port, hostname } = new URL(running.url)
    const client = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    onTestFinished(() => void client.destroy())
    client.on('error', () => undefined)
    client.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    const [answer] = await once(client, 'data')
    expect(String(answer)).toContain('404')
    await running.server.close()
  })

  it('closes once, however often it is asked, and takes no more connections', async () => {
    const running = await runServer()
    await Promise.all([running.server.close(), running.server.close()])
    await expect(fetch(`${running.url}/livez`)).rejects.toThrow()
  })

  it('leaves its port to the next; a port that is taken is an invalid option', async () => {
    const running = await runServer()
    const { port } = running.server
    await expect(runServer({ port })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await running.server.close()
    expect((await runServer({ port })).server.port).toBe(port)
  })
})

describe('draining', () => {
  it('is over when all that ran has ended', async () => {
    const drain = new Drain(() => 0)
    let end = (): void => undefined
    const running = drain.run(() => new Promise<void>(resolve => (end = resolve)))
    drain.begin()
    await expect(drain.run(async () => 1)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    let isIdle = false
    const idle = drain.idle(60_000).then(() => {
      isIdle = true
    })
    await Promise.resolve()
    expect(isIdle).toBe(false)
    end()
    await Promise.all([running, idle])
    await drain.idle(60_000)
  })
})
