import { httpRemote } from '@firekeep/core'
import { remoteConformance } from '@firekeep/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type FirekeepServer, startServer } from '../../src/server.js'
import { UpgradeProxy } from './upgrade-proxy.js'

let server: FirekeepServer
let proxy: UpgradeProxy

beforeAll(async () => {
  server = await startServer({ port: 0 })
  proxy = await UpgradeProxy.open(server.url)
})

afterAll(async () => {
  await proxy.close()
  await server.close()
})

describe('over a socket', () => {
  const createRemote = async () => httpRemote(server.url, { webSocket: WebSocket })
  const reopenRemote = async () => httpRemote(server.url, { webSocket: class extends WebSocket {} })
  remoteConformance({ name: 'http', createRemote, reopenRemote }, { describe, expect, it })
})

describe('over polling, through a proxy that lets no socket pass', () => {
  const createRemote = async () => httpRemote(proxy.url, { webSocket: WebSocket })
  const reopenRemote = async () => httpRemote(proxy.url, { webSocket: class extends WebSocket {} })
  remoteConformance({ name: 'http', createRemote, reopenRemote }, { describe, expect, it })

  it('asks for sockets in vain', () => {
    expect(proxy.upgrades).toBeGreaterThan(0)
  })
})
