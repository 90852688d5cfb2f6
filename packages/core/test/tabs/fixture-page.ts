import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright'
import { build } from 'vite'
import { CHROMIUM_FLAGS, findChromium } from '../../../../scripts/find-chromium.mjs'
import { serveFolder } from '../../../../scripts/serve-folder.mjs'

export interface FixturePage {
  readonly url: string
  readonly browser: Browser
  close(): Promise<void>
}

/** Bundles the page in a folder beside this file, serves it on localhost and starts a browser for it. */
export async function openFixturePage(name: string): Promise<FixturePage> {
  const folder = await mkdtemp(join(tmpdir(), 'firekeep-'))
  await build({
    root: fileURLToPath(new URL(name, import.meta.url)),
    configFile: false,
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: false, target: 'esnext' },
  })
  const server = await serveFolder(folder, 0)
  const executablePath = findChromium()
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: CHROMIUM_FLAGS })
  return {
    url: server.url,
    browser,
    async close() {
      await browser.close()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
