import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { CHROMIUM_FLAGS, findChromium } from '../../scripts/find-chromium.mjs'

const chromium = findChromium()

// Generous, as suites share few cores; a long campaign takes as long as it takes.
const testTimeout = process.env.FIREKEEP_LONG ? 3_600_000 : 60_000

/** Folders of functions and values: their suites leave nothing behind, so they share what they have loaded. */
const PURE = ['codec', 'commits', 'crypto', 'primitives', 'protocol', 'query', 'state', 'tree'].map(
  folder => `src/${folder}/**/*.test.ts`,
)

const pure: TestProjectConfiguration = {
  test: { name: 'node pure', environment: 'node', isolate: false, include: PURE, testTimeout },
}

const node: TestProjectConfiguration = {
  test: {
    name: 'node',
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/node/**/*.test.ts'],
    exclude: PURE,
    testTimeout,
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

/** What takes longest begins first: by itself at the end it would leave all cores but one idle. */
class LongestFirst extends BaseSequencer {
  static readonly #FOLDERS = ['test/tabs/', 'test/node/', 'test/browser/']

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const folder = LongestFirst.#FOLDERS.findIndex(each => moduleId.includes(`/${each}`))
      return folder === -1 ? LongestFirst.#FOLDERS.length : folder
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    projects: chromium === undefined ? [pure, node] : [pure, node, chromiumProject(chromium), tabs],
    // All cores: by default one is left to the main process, which has little to do.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
