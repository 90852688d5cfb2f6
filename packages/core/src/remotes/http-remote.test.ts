import { describe, expect, it } from 'vitest'
import type { Remote } from '../protocol/remote.js'
import { remoteConformance } from '../testing/remote-conformance.js'
import { fakeAccess } from './http/fixtures/fake-access.js'
import { FakeServer } from './http/fixtures/fake-server.js'
import type { HttpRemoteOptions } from './http/http-options.js'
import { createHttpPlatform } from './http/http-platform.js'
import { openHttpLog } from './http/open-http-log.js'
import { parseServerAddress } from './http/server-address.js'
import { SharedConnections } from './http/shared-connections.js'
import { httpRemote } from './http-remote.js'

/** A client of a fake server; each has connections of its own, as another device has. */
class FakeRemote implements Remote {
  readonly id = 'fake'
  readonly server: FakeServer
  readonly #options: HttpRemoteOptions
  readonly #connections: SharedConnections

  constructor(server: FakeServer, options: HttpRemoteOptions) {
    this.server = server
    this.#options = options
    this.#connections = new SharedConnections(() => ({
      ...createHttpPlatform(server.webSocket),
      fetch: server.fetch,
    }))
  }

  async open({ logId, permission }: Parameters<Remote['open']>[0]) {
    const address = parseServerAddress(this.server.url)
    return openHttpLog(address, this.#options, fakeAccess(logId, permission), this.#connections)
  }
}

for (const transport of ['auto', 'polling'] as const) {
  remoteConformance(
    {
      name: `http (${transport})`,
      createRemote: async () => new FakeRemote(new FakeServer(Date.now), { transport }),
      disposeRemote: async remote => {
        const wrong = transport === 'polling' ? 'SOCKET' : 'POST'
        expect((remote as FakeRemote).server.requests.filter(each => each.startsWith(wrong))).toEqual([])
      },
      reopenRemote: async remote => new FakeRemote((remote as FakeRemote).server, { transport }),
    },
    { describe, expect, it },
  )
}

describe('httpRemote', () => {
  it('has an id that does not depend on how the address is spelled', () => {
    const ids = ['https://a.test', 'https://A.test:443/', 'https://a.test//'].map(url => httpRemote(url).id)
    expect(ids).toEqual(ids.map(() => 'https://a.test'))
    expect(httpRemote('https://a.test/sync/').id).toBe('https://a.test/sync')
  })

  it.each([
    '',
    'a.test',
    'ftp://a.test',
    'wss://a.test',
    'https://me:secret@a.test',
    'https://a.test/?k=secret',
    'https://a.test/#secret',
  ])('refuses %j as an address without repeating it', url => {
    expect(() => httpRemote(url)).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(() => httpRemote(url)).not.toThrowError(/secret/)
  })

  it.each([{ transport: 'socket' }, { admission: 5 }, { webSocket: {} }])(
    'refuses the options %j',
    options => {
      const given = options as unknown as HttpRemoteOptions
      expect(() => httpRemote('https://a.test', given)).toThrowError(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      )
    },
  )

  it('reaches nothing when a log is opened', async () => {
    const log = await httpRemote('http://localhost:1').open(fakeAccess('log'))
    log.close()
  })
})
