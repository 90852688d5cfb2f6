import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
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
    projects: chromium === undefined ? [node] : [node, chromiumProject(chromium), tabs],
    // All cores: by default one is left to the main process, which has little to do.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
