import { type HttpRemoteOptions, httpRemote } from '@firekeep/core'
import { createRemoteAccess, Heard } from '@firekeep/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openMemoryEngine } from '../../src/engines/memory-engine.js'
import { type FirekeepServer, startServer } from '../../src/server.js'
import type { ServerOptions } from '../../src/server-options.js'

const HOUR = 3_600_000
const servers: FirekeepServer[] = []

async function start(options: ServerOptions = {}): Promise<FirekeepServer> {
  const server = await startServer({ port: 0, random: () => 0, ...options })
  servers.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

/** A constructor that counts what it made; no two share a connection. */
function countedSockets() {
  return class Counted extends WebSocket {
    static count = 0
    constructor(url: string) {
      super(url)
      Counted.count += 1
    }
  }
}

async function openLog(server: FirekeepServer, options: HttpRemoteOptions = { webSocket: countedSockets() }) {
  return httpRemote(server.url, options).open((await createRemoteAccess()).write)
}

describe('httpRemote with a server', () => {
  it('opens one socket for 200 databases', async () => {
    const server = await start()
    const webSocket = countedSockets()
    const logs = await Promise.all(Array.from({ length: 200 }, () => openLog(server, { webSocket })))
    const heard = logs.map(() => new Heard())
    for (const [i, log] of logs.entries()) log.follow(0, (heard[i] as Heard).listener)
    await Promise.all(logs.map((log, i) => log.append(Uint8Array.of(i))))
    await Promise.all(heard.map(each => each.reaches(1)))
    expect(webSocket.count).toBe(1)
    for (const log of logs) log.close()
  })

  it.each(['auto', 'polling'] as const)(
    'agrees on the time with a server whose clock is off (%s)',
    async transport => {
      for (const skew of [HOUR, -HOUR]) {
        const server = await start({ now: () => Date.now() + skew })
        const log = await openLog(server, { transport, webSocket: countedSockets() })
        expect((await log.append(Uint8Array.of(1))).seq).toBe(1)
        log.close()
      }
    },
  )

  it.each(['auto', 'polling'] as const)(
    'goes on when a token expires, and when a clock is set (%s)',
    async transport => {
      let skew = 0
      const server = await start({ now: () => Date.now() + skew })
      const log = await openLog(server, { transport, webSocket: countedSockets() })
      const heard = new Heard()
      log.follow(0, heard.listener)
      for (const [i, offset] of [0, HOUR, -HOUR, HOUR].entries()) {
        skew = offset
        expect((await log.append(Uint8Array.of(i))).seq).toBe(i + 1)
        await heard.reaches(i + 1)
      }
      log.close()
    },
  )

  it.each(['auto', 'polling'] as const)(
    'tells followers when a server restarts, and when it is back (%s)',
    async transport => {
      const engine = await openMemoryEngine()
      const first = await start({ engine })
      const log = await openLog(first, { transport, webSocket: countedSockets() })
      const heard = new Heard()
      const has = (kind: string) => heard.until(() => heard.events.some(event => event.kind === kind))
      log.follow(0, heard.listener)
      await log.append(Uint8Array.of(1))
      await heard.reaches(1)
      await first.close()
      await has('lost')
      await start({ engine, port: first.port })
      await has('restored')
      expect((await log.append(Uint8Array.of(2))).seq).toBe(2)
      await heard.reaches(2)
      log.close()
      await engine.close()
    },
  )

  it('brings along what the operator asks for', async () => {
    const secrets = ['the secret of the operator']
    const server = await start({ admission: { kind: 'secret', secrets } })
    const stranger = await openLog(server)
    await expect(stranger.read(0)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    stranger.close()
    const guest = await openLog(server, {
      webSocket: countedSockets(),
      admission: () => secrets[0] as string,
    })
    const name = 'a'.repeat(52)
    expect((await guest.append(Uint8Array.of(1))).seq).toBe(1)
    expect(await guest.getBlob(name)).toBe(undefined)
    guest.close()
  })
})
