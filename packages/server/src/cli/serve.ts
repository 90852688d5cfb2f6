import { pino } from 'pino'
import { openAdminSocket } from '../admin/admin-socket.js'
import { openEmbeddedEngine } from '../engines/embedded-engine.js'
import { startServer } from '../server.js'
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
    const server = await startServer({ ...options, engine, logger })
    const admin = await openAdminSocket(dir, engine)
    if (admin === undefined)
      logger.warn('the path of the data is too long for an admin socket: no backup online')
    if (flags.origin === undefined && !LOOPBACK.has(flags.host)) {
      logger.warn('name the origin that clients know this server by (--origin): tokens are bound to it')
    }
    terminal.print(`Firekeep server: ${server.url} (data in ${dir})`)
    logger.info({ port: server.port }, 'the server listens')
    await terminal.untilAsked()
    logger.info('the server closes')
    await Promise.all([server.close(), admin?.close()])
    logger.info('the server has closed')
  } finally {
    await engine.close()
  }
}
