import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openEmbeddedEngine, startServer } from '@firekeep/server'
import { serveFolder } from '../../../scripts/serve-folder.mjs'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const DRAIN = 500

/** The built app and a sync server beside it, as the demo serves them, and folders for workers. */
export class OfficeHost {
  readonly #close: () => Promise<void>
  /** The address of the app. */
  readonly url: string
  /** A folder that goes with the host. */
  readonly dir: string

  private constructor(parts: { url: string; dir: string; close: () => Promise<void> }) {
    this.url = parts.url
    this.dir = parts.dir
    this.#close = parts.close
  }

  static async open(): Promise<OfficeHost> {
    const dir = await mkdtemp(join(tmpdir(), 'firekeep-office-test-'))
    const engine = await openEmbeddedEngine({ dir: join(dir, 'server') })
    const server = await startServer({ engine, port: 0, drainTimeout: DRAIN })
    const known = JSON.stringify({ url: `http://localhost:${server.port}` })
    const page = await serveFolder(DIST, 0, { '/server.json': known })
    const close = async () => {
      page.close()
      await server.close()
      await engine.close()
      await rm(dir, { recursive: true, force: true })
    }
    return new OfficeHost({ url: page.url, dir, close })
  }

  close(): Promise<void> {
    return this.#close()
  }
}
