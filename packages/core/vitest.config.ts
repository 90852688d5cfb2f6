import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { findChromium } from '../../scripts/find-chromium.mjs'

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const chromium = findChromium()

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
