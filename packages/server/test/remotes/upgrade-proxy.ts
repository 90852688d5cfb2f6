import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy as there are in offices: it passes HTTP on, and knows nothing of `Upgrade`. */
export class UpgradeProxy {
  readonly url: string
  /** Upgrades that were asked for in vain. */
  upgrades = 0
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async open(target: string): Promise<UpgradeProxy> {
    const server = createServer((incoming, outgoing) => {
      const { method = 'GET', headers, url = '/' } = incoming
      const { upgrade: _, connection: __, ...kept } = headers
      const forwarded = request(target + url, { method, headers: kept }, answer => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      forwarded.on('error', () => outgoing.destroy())
      outgoing.on('close', () => forwarded.destroy())
      incoming.pipe(forwarded)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const proxy = new UpgradeProxy(server)
    server.on('upgrade', (_request, socket) => {
      proxy.upgrades += 1
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
    })
    return proxy
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}
