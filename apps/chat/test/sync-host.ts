import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Engine, type FirekeepServer, openEmbeddedEngine, startServer } from '@firekeep/server'
import { serveFolder } from '../../../scripts/serve-folder.mjs'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const DRAIN = 1_000
const SERVER_FILE = '/server.json'

interface Running {
  readonly engine: Engine
  readonly server: FirekeepServer
}

interface Parts {
  readonly dir: string
  readonly running: Running
  /** What is served in place of files. */
  readonly texts: Record<string, string>
  readonly page: { readonly url: string; close(): void }
}

/** The built app and a sync server beside it, as the demo serves them. The sync server can be stopped for a while. */
export class SyncHost {
  readonly #parts: Parts
  #running: Running | undefined

  private constructor(parts: Parts) {
    this.#parts = parts
    this.#running = parts.running
  }

  static async open(): Promise<SyncHost> {
    const dir = await mkdtemp(join(tmpdir(), 'firekeep-chat-test-'))
    const running = await run(dir, 0)
    const texts = {}
    const host = new SyncHost({ dir, running, texts, page: await serveFolder(DIST, 0, texts) })
    host.nameServer()
    return host
  }

  /** The address of the app. */
  get url(): string {
    return this.#parts.page.url
  }

  /** Lets the app know of the sync server. */
  nameServer(): void {
    const url = `http://localhost:${this.#parts.running.server.port}`
    this.#parts.texts[SERVER_FILE] = JSON.stringify({ url })
  }

  /** Serves the app as one that has no sync server. */
  hideServer(): void {
    delete this.#parts.texts[SERVER_FILE]
  }

  async stopSync(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.server.close()
    await running?.engine.close()
  }

  /** On the same port, with the same data. */
  async startSync(): Promise<void> {
    const { dir, running } = this.#parts
    this.#running = await run(dir, running.server.port)
  }

  async close(): Promise<void> {
    this.#parts.page.close()
    await this.stopSync()
    await rm(this.#parts.dir, { recursive: true, force: true })
  }
}

async function run(dir: string, port: number): Promise<Running> {
  const engine = await openEmbeddedEngine({ dir })
  return { engine, server: await startServer({ engine, port, drainTimeout: DRAIN }) }
}
