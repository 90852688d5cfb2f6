import { join } from 'node:path'
import type { Plugin, PreviewServer, ViteDevServer } from 'vite'

/** What is asked of `syncServer`. */
interface SyncServerOptions {
  /** Where it listens; on a free port where this one is taken. */
  readonly port: number
}

const SERVER_FILE = '/server.json'
const DATA_FOLDER = '.firekeep'
/** Vite makes its server anew when its configuration changes, before it closes the old one; this one goes on. */
const STARTED = Symbol.for('firekeep:sync-server')

/**
 * A sync server beside `vite` and `vite preview`, which the page finds by `server.json`. It keeps its data, encrypted,
 * in the folder `.firekeep`, and lives as long as the process. Without it the page works on the device alone.
 */
export function syncServer({ port }: SyncServerOptions): Plugin {
  const serve = async (server: ViteDevServer | PreviewServer): Promise<void> => {
    const known = await startOnce(server, port)
    server.middlewares.use(SERVER_FILE, (_request, response) => {
      response.setHeader('Content-Type', 'application/json')
      response.setHeader('Cache-Control', 'no-cache')
      response.end(JSON.stringify(known))
    })
  }
  return {
    name: 'firekeep:sync-server',
    config: () => ({ server: { watch: { ignored: [`**/${DATA_FOLDER}/**`] } } }),
    configureServer: serve,
    configurePreviewServer: serve,
  }
}

interface Known {
  readonly url?: string
}

function startOnce(server: ViteDevServer | PreviewServer, port: number): Promise<Known> {
  const shared: typeof globalThis & { [STARTED]?: Promise<Known> } = globalThis
  shared[STARTED] ??= start(server, port)
  return shared[STARTED]
}

async function start(
  { config: { root, logger } }: ViteDevServer | PreviewServer,
  port: number,
): Promise<Known> {
  try {
    // Only here, as a build needs no server.
    const { openEmbeddedEngine, startServer } = await import('@firekeep/server')
    const engine = await openEmbeddedEngine({ dir: join(root, DATA_FOLDER) })
    const running = await startServer({ engine, port }).catch(() => startServer({ engine, port: 0 }))
    const url = `http://localhost:${running.port}`
    logger.info(`\n  sync server: ${url}, with its data in ${DATA_FOLDER}`)
    if (running.port !== port)
      logger.warn(`  Port ${port} is taken: what was shared there waits until it is free again.`)
    return { url }
  } catch (error) {
    logger.warn(`The sync server did not start: ${error instanceof Error ? error.message : error}`)
    return {}
  }
}
