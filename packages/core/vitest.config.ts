import { existsSync } from 'node:fs'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

const CHROMIUM_PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
]

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const chromium = CHROMIUM_PLACES.find(path => path !== undefined && path !== '' && existsSync(path))

const node: TestProjectConfiguration = {
  test: {
    name: 'node',
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/node/**/*.test.ts'],
  },
}

/** Left out where there is no Chromium; `scripts/test.mjs` names it as skipped then. */
function chromiumProject(executablePath: string): TestProjectConfiguration {
  return {
    optimizeDeps: {
      include: [
        'idb-keyval',
        'fast-check',
        'multiformats/cid',
        '@ipld/dag-cbor',
        '@ipld/car',
        '@noble/hashes/sha2.js',
      ],
    },
    test: {
      name: 'chromium',
      include: ['test/browser/**/*.test.ts'],
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: CHROMIUM_FLAGS } }),
        instances: [{ browser: 'chromium' }],
      },
    },
  }
}

export default defineConfig({
  test: {
    projects: chromium === undefined ? [node] : [node, chromiumProject(chromium)],
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
