import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { CHROMIUM_FLAGS, findChromium } from '../../scripts/find-chromium.mjs'

const chromium = findChromium()

const node: TestProjectConfiguration = {
  test: {
    name: 'node',
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/node/**/*.test.ts'],
    // Generous, as suites share few cores; a long campaign takes as long as it takes.
    testTimeout: process.env.FIREKEEP_LONG ? 3_600_000 : 60_000,
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
        '@ipld/car/buffer-reader',
        '@ipld/car/buffer-writer',
        '@noble/hashes/hmac.js',
        'fflate',
        'multiformats/hashes/digest',
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

/** Whole pages driven from outside: several tabs, reloads, crashes. */
const tabs: TestProjectConfiguration = {
  test: { name: 'chromium tabs', environment: 'node', include: ['test/tabs/**/*.test.ts'] },
}

export default defineConfig({
  test: {
    projects: chromium === undefined ? [node] : [node, chromiumProject(chromium), tabs],
    // All cores: by default one is left to the main process, which has little to do.
    maxWorkers: '100%',
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
