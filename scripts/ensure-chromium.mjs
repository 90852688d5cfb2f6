import { existsSync } from 'node:fs'
import { findChromium } from './find-chromium.mjs'
import { withProgress } from './progress.mjs'
import { run } from './run.mjs'

const DOWNLOAD_LIMIT_MS = 5 * 60_000
const START_LIMIT_MS = 30_000

/**
 * The path of a Chromium for the browser suites: an installed one, else one that is got now (by `apt-get` for
 * root on Debian and Ubuntu, else Playwright's own download). `undefined` where none can be had, or where
 * `CHROMIUM_PATH` is `none`. Call it after `bootstrap`.
 *
 * @returns {Promise<string | undefined>}
 */
export async function ensureChromium() {
  const installed = findChromium()
  if (installed !== undefined || process.env.CHROMIUM_PATH === 'none') return installed
  const downloaded = await playwrightPath()
  if (downloaded !== undefined) return downloaded
  return withProgress('Getting Chromium for the browser suites', async () => {
    return (await installByApt()) ?? (await installByPlaywright())
  })
}

async function playwrightPath() {
  const { chromium } = await import('playwright-core')
  const path = chromium.executablePath()
  return path !== '' && existsSync(path) ? path : undefined
}

async function installByApt() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run(['apt-get', 'update', '-q'], { env, timeLimit: DOWNLOAD_LIMIT_MS })
  const install = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'chromium']
  await run(install, { env, timeLimit: DOWNLOAD_LIMIT_MS })
  const path = findChromium()
  return path !== undefined && (await starts(path)) ? path : undefined
}

async function installByPlaywright() {
  await run(['playwright-core', 'install', 'chromium', '--no-shell'], { timeLimit: DOWNLOAD_LIMIT_MS })
  const path = await playwrightPath()
  return path !== undefined && (await starts(path)) ? path : undefined
}

// Ubuntu's package may be a stub that only says to use snap; a browser without its system libraries fails too.
/** @param {string} path */
async function starts(path) {
  const { code } = await run([path, '--version'], { timeLimit: START_LIMIT_MS })
  return code === 0
}
