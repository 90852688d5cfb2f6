import { type Logger, pino } from 'pino'
import { type AdminSocket, openAdminSocket } from '../admin/admin-socket.js'
import { openEmbeddedEngine } from '../engines/embedded-engine.js'
import type { Engine } from '../engines/engine.js'
import { startServer } from '../server.js'
import type { ServerOptions } from '../server-options.js'
import { dataFolder, type ServeFlags, toServerOptions } from './serve-settings.js'
import type { Terminal } from './terminal.js'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1'])

/** Serves a folder until the process is asked to end. */
export async function serve(flags: ServeFlags, terminal: Terminal): Promise<void> {
  const options = await toServerOptions(flags, terminal.env)
  const logger = pino({ level: flags.logLevel, base: null }, { write: line => terminal.log(line) })
  const dir = dataFolder(flags.dir, terminal.env)
  const engine = await openEmbeddedEngine({ dir })
  try {
    // Before the server: nobody is served who would be cut where this failed.
    const admin = await openAdmin(dir, engine, logger)
    try {
      if (flags.origin === undefined && !LOOPBACK.has(flags.host)) {
        logger.warn('name the origin that clients know this server by (--origin): tokens are bound to it')
      }
      await run({ ...options, engine, logger }, dir, terminal)
    } finally {
      await admin?.close()
    }
  } finally {
    await engine.close()
  }
}

async function run(
  options: ServerOptions & { readonly logger: Logger },
  dir: string,
  terminal: Terminal,
): Promise<void> {
  const { logger } = options
  const server = await startServer(options)
  terminal.print(`Firekeep server: ${server.url} (data in ${dir})`)
  logger.info({ port: server.port }, 'the server listens')
  await terminal.untilAsked()
  logger.info('the server closes')
  await server.close()
  logger.info('the server has closed')
}

/** A server that cannot be told to make a backup is better than none. */
async function openAdmin(dir: string, engine: Engine, logger: Logger): Promise<AdminSocket | undefined> {
  try {
    const admin = await openAdminSocket(dir, engine)
    if (admin === undefined)
      logger.warn('the path of the data is too long for an admin socket: no backup online')
    return admin
  } catch (error) {
    const reason = (error as { code?: unknown }).code
    logger.warn({ reason }, 'the admin socket cannot be opened: no backup online')
    return undefined
  }
}
