import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FirekeepError } from '@firekeep/core/protocol'
import { getRequestListener } from '@hono/node-server'
import { pino } from 'pino'
import { createService, type Service } from './create-service.js'
import { openMemoryEngine } from './engines/memory-engine.js'
import { createApp } from './http/app.js'
import { SocketServer } from './http/socket-server.js'
import { type Limits, STANDARD_LIMITS } from './limits/limits.js'
import type { ServerOptions } from './server-options.js'

/** A server that runs. */
export interface FirekeepServer {
  /** Where it can be reached from this machine, without a slash at the end. */
  readonly url: string
  readonly port: number
  /**
   * Ends it: clients are told to come back after a while, what runs is answered (for ten seconds at most), the rest
   * is refused. Idempotent. An engine that was given stays open.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = 4747
const DRAIN_TIMEOUT = 10_000
/** A token and an issuer's JWT together have to fit. */
const HEADER_BYTES = 32 * 1024
/** Connections beside those that are counted: of probes, and of those that are told that there are too many. */
const SPARE_CONNECTIONS = 256

/**
 * Starts a sync server. It resolves when it listens.
 *
 * Guarantees: the server keeps what clients send without being able to read it; who may do what follows from the keys
 * that the log ids are hashes of. Errors: `INVALID_OPTION`, also where it cannot listen there.
 *
 * @example
 * ```ts
 * const engine = await openEmbeddedEngine({ dir: './data' })
 * const server = await startServer({ engine, port: 0 })
 * console.log(server.url)
 * await server.close()
 * await engine.close()
 * ```
 */
export async function startServer(options: ServerOptions = {}): Promise<FirekeepServer> {
  const logger = options.logger ?? pino({ level: 'silent' })
  const ownEngine = options.engine === undefined ? await openMemoryEngine() : undefined
  const engine = options.engine ?? (ownEngine as NonNullable<typeof ownEngine>)
  const limits: Limits = { ...STANDARD_LIMITS, ...options.limits }
  const service = createService({ options, engine, limits, logger })
  const sockets = new SocketServer(service.socketParts)
  const http = createHttpServer(service, sockets, limits)
  const stopNews = service.news.start()
  sockets.start()
  service.garbage.start()
  const release = async (): Promise<void> => {
    stopNews()
    await service.garbage.stop()
    await ownEngine?.close()
  }
  const host = options.host ?? DEFAULT_HOST
  try {
    await listen(http, options.port ?? DEFAULT_PORT, host)
  } catch (error) {
    await Promise.all([sockets.close(), release()])
    throw error
  }
  const { port } = http.address() as AddressInfo
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= end({ http, sockets, service, timeout: options.drainTimeout ?? DRAIN_TIMEOUT }).then(release)
    return closing
  }
  return { url: `http://${reachable(host)}:${port}`, port, close, [Symbol.asyncDispose]: close }
}

function createHttpServer(service: Service, sockets: SocketServer, limits: Limits): Server {
  const listener = getRequestListener(createApp(service.appParts).fetch, { overrideGlobalObjects: false })
  const { headerTimeout, bodyTimeout, idleTimeout } = limits
  const http = createServer({
    headersTimeout: headerTimeout,
    requestTimeout: bodyTimeout,
    keepAliveTimeout: idleTimeout,
    // How exactly the two above are kept.
    connectionsCheckingInterval: Math.max(50, Math.min(headerTimeout, bodyTimeout, 5000) / 2),
    maxHeaderSize: HEADER_BYTES,
  })
  http.on('request', listener)
  http.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head))
  http.setTimeout(idleTimeout)
  http.maxConnections = limits.connections + SPARE_CONNECTIONS
  return http
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', cause => {
      const message = `the server cannot listen on ${host}:${port} (${cause.message}); choose another host or port`
      reject(new FirekeepError('INVALID_OPTION', message, { cause }))
    })
    http.listen(port, host, resolve)
  })
}

interface Ending {
  readonly http: Server
  readonly sockets: SocketServer
  readonly service: Service
  readonly timeout: number
}

async function end({ http, sockets, service, timeout }: Ending): Promise<void> {
  const { drain } = service
  const closed = new Promise<void>(resolve => http.close(() => resolve()))
  // Long polls are answered by this, and requests that come from now on are refused.
  drain.begin()
  sockets.sayClosing()
  await drain.idle(timeout)
  await sockets.close()
  const cut = setTimeout(() => http.closeAllConnections(), CUT_AFTER)
  http.closeIdleConnections()
  await closed
  clearTimeout(cut)
}

/** How long answers that are made may take to go out. */
const CUT_AFTER = 1000

/** An address that a program of this machine connects to, for one that the server listens on. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
