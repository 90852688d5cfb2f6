import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { FirekeepError, type ServerMessage } from '@firekeep/core/protocol'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Metrics } from '../admin/metrics.js'
import { clientAddress } from '../limits/client-address.js'
import type { ConnectionCounts } from '../limits/connection-counts.js'
import type { Limits } from '../limits/limits.js'
import { tooMuch } from '../limits/too-much.js'
import { Connection, type ConnectionParts } from './connection.js'
import { type HttpError, toHttpError } from './http-error.js'
import { type OriginOptions, type Origins, originsOf } from './origins.js'
import { SocketSession } from './socket-session.js'

export interface SocketServerParts extends ConnectionParts {
  readonly limits: Limits
  readonly counts: ConnectionCounts
  readonly origins: OriginOptions
  readonly metrics: Metrics
  readonly logger: Logger
  readonly newId: () => string
  readonly isOriginAllowed: (origin: string | undefined) => boolean
  readonly welcome: (versions: readonly number[], audience: string) => ServerMessage
}

const SERVICE_RESTART = 1012
/** How long clients have to answer the close frame. */
const CLOSE_GRACE = 1000
/** How long a client has to take a refusal. */
const REFUSAL_GRACE = 1000

/** All WebSockets of a server: who is let in, signs of life, and the end. */
export class SocketServer {
  readonly #parts: SocketServerParts
  readonly #server: WebSocketServer
  readonly #sessions = new Set<SocketSession>()
  #pings: NodeJS.Timeout | undefined

  constructor(parts: SocketServerParts) {
    this.#parts = parts
    this.#server = new WebSocketServer({
      noServer: true,
      // Ciphertext does not compress, and a window per connection costs more than all else of it.
      perMessageDeflate: false,
      maxPayload: parts.limits.frameBytes,
      skipUTF8Validation: true,
      clientTracking: true,
    })
  }

  start(): void {
    this.#pings = setInterval(() => {
      for (const session of this.#sessions) session.ping()
    }, this.#parts.limits.pingInterval)
    this.#pings.unref()
  }

  /** Handles the `upgrade` event of an HTTP server. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy())
    const id = this.#parts.newId()
    try {
      this.#assertAllowed(request)
      const address = clientAddress(request, this.#parts.origins.hops)
      const leave = this.#parts.counts.enter(address)
      if (leave === undefined) throw tooMuch('too many connections', this.#parts.drain.retryAfter())
      stream.once('close', leave)
      // Taken out before, so that nothing of a connection holds on to its request and headers.
      const origins = originsOf(request, this.#parts.origins)
      this.#server.handleUpgrade(request, stream, head, socket => {
        this.#welcome(socket, { id, address, origins })
      })
    } catch (error) {
      if (error instanceof FirekeepError && error.code === 'LIMIT_EXCEEDED') {
        this.#parts.metrics.countRateLimited('connections')
      }
      refuseUpgrade(stream, toHttpError(this.#parts.reporter.refuse(error, id)))
    }
  }

  /** Tells all clients that the server goes away. */
  sayClosing(): void {
    for (const session of this.#sessions) session.sayClosing(this.#parts.drain.retryAfter())
  }

  /** Closes all WebSockets with 1012; those that do not answer are cut. */
  async close(): Promise<void> {
    clearInterval(this.#pings)
    const closed = Promise.all([...this.#server.clients].map(socket => onceClosed(socket)))
    const cut = setTimeout(() => {
      for (const socket of this.#server.clients) socket.terminate()
    }, CLOSE_GRACE)
    for (const session of this.#sessions) void session.close(SERVICE_RESTART)
    await closed
    clearTimeout(cut)
    this.#server.close()
  }

  #assertAllowed(request: IncomingMessage): void {
    const { drain, isOriginAllowed } = this.#parts
    const path = (request.url ?? '').split('?', 1)[0]
    if (path !== '/v1/socket') throw new FirekeepError('NOT_FOUND', 'Not found: there is no such route')
    if (!isOriginAllowed(request.headers.origin)) {
      throw new FirekeepError('FORBIDDEN', 'pages of this origin may not use this server')
    }
    if (drain.isDraining) {
      const details = { retryAfter: drain.retryAfter() }
      throw new FirekeepError('REMOTE_UNAVAILABLE', 'the server is about to restart', { details })
    }
  }

  #welcome(socket: WebSocket, { id, address, origins }: Arrival): void {
    const { limits, metrics, now, welcome, logger } = this.#parts
    const { audience, audiences } = origins
    const session = new SocketSession({
      socket,
      connect: use => new Connection(this.#parts, { ...use, id, address, audiences }),
      welcome: versions => welcome(versions, audience),
      limits,
      metrics,
      now,
      onCut: reason => {
        metrics.countEvent('reader-cut')
        logger.info({ connection: id, address }, reason)
      },
    })
    this.#sessions.add(session)
    metrics.setSockets(this.#sessions.size)
    socket.once('close', () => {
      this.#sessions.delete(session)
      metrics.setSockets(this.#sessions.size)
    })
    session.start()
    logger.debug({ connection: id, address }, 'a client connected')
  }
}

interface Arrival {
  readonly id: string
  readonly address: string
  readonly origins: Origins
}

function onceClosed(socket: WebSocket): Promise<void> {
  return new Promise(resolve => {
    if (socket.readyState === socket.CLOSED) resolve()
    else socket.once('close', () => resolve())
  })
}

function refuseUpgrade(stream: Duplex, { status, body, headers }: HttpError): void {
  const text = JSON.stringify(body)
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  // A client that keeps its side open would else keep the server from closing, and that it is counted.
  const cut = setTimeout(() => stream.destroy(), REFUSAL_GRACE)
  cut.unref()
  stream.once('close', () => clearTimeout(cut))
  stream.once('finish', () => stream.destroy())
  stream.end(`${lines.join('\r\n')}\r\n\r\n${text}`)
}
