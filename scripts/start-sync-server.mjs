import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const DEFAULT_PORT = 4181

/**
 * What is used of `@firekeep/server`, which is built only when the demo starts.
 *
 * @typedef {object} ServerModule
 * @property {(options: { dir: string }) => Promise<{ close(): Promise<void> }>} openEmbeddedEngine
 * @property {(options: object) => Promise<{ port: number, close(): Promise<void> }>} startServer
 */

/**
 * @typedef {object} SyncServerOptions
 * @property {number | undefined} port without it the usual one, or a free one where that is taken
 * @property {boolean} isFresh whether the data is in a temporary folder, which goes with the server
 * @property {ServerModule} module
 * @property {string} [dir] where the data is kept otherwise
 */

/**
 * Starts the sync server of the demo on this machine. Its data is kept, so that the rooms of today are there tomorrow.
 *
 * @param {SyncServerOptions} options
 * @returns {Promise<{ url: string, dir: string, isUsualPort: boolean, close: () => Promise<void> }>}
 */
export async function startSyncServer({ port, isFresh, module, dir = dataFolder() }) {
  const folder = isFresh ? await mkdtemp(join(tmpdir(), 'firekeep-demo-')) : dir
  const engine = await openEngine(module, folder)
  const end = async () => {
    await engine.close()
    if (isFresh) await rm(folder, { recursive: true, force: true })
  }
  try {
    const server = await listen(module, engine, port)
    return {
      url: `http://localhost:${server.port}`,
      dir: folder,
      isUsualPort: server.port === (port ?? DEFAULT_PORT),
      close: async () => {
        await server.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

/**
 * @param {ServerModule} module
 * @param {string} dir
 */
async function openEngine(module, dir) {
  try {
    return await module.openEmbeddedEngine({ dir })
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    throw new Error(
      `The sync server cannot open its data: ${reason}\nWhere another demo is running, stop that one, or use --fresh.`,
    )
  }
}

/**
 * @param {ServerModule} module
 * @param {object} engine
 * @param {number | undefined} port
 */
async function listen({ startServer }, engine, port) {
  try {
    return await startServer({ engine, port: port ?? DEFAULT_PORT })
  } catch (error) {
    if (port !== undefined) {
      throw new Error(`Port ${port} is not free for the sync server. Choose another with --server-port.`, {
        cause: error,
      })
    }
    return startServer({ engine, port: 0 })
  }
}

function dataFolder() {
  const { XDG_DATA_HOME } = process.env
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'firekeep-demo')
}
