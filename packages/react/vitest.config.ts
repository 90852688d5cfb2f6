import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { CHROMIUM_FLAGS, findChromium } from '../../scripts/find-chromium.mjs'
import { reactCompiler } from './test/react-compiler.js'

/** Room for machines that do something else as well; no test waits for time to pass. */
const TIMEOUT = 30_000

const SUITES = ['src/**/*.test.ts', 'src/**/*.test.tsx']

const happyDom: TestProjectConfiguration = {
  plugins: [reactCompiler()],
  test: {
    name: 'happy-dom',
    environment: 'happy-dom',
    isolate: false,
    testTimeout: TIMEOUT,
    setupFiles: ['test/setup.ts'],
    include: [...SUITES, 'test/**/*.test.ts'],
  },
}

/** The same suites; left out where there is no Chromium. */
function chromiumProject(executablePath: string): TestProjectConfiguration {
  return {
    plugins: [reactCompiler()],
    optimizeDeps: {
      include: [
        'react',
        'react-dom',
        'react-dom/client',
        'react-dom/server',
        'react/jsx-runtime',
        'react/jsx-dev-runtime',
        'react/compiler-runtime',
        '@testing-library/react',
        'fast-check',
      ],
    },
    test: {
      name: 'chromium',
      isolate: false,
      testTimeout: TIMEOUT,
      setupFiles: ['test/setup.ts'],
      include: SUITES,
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

const chromium = findChromium()

export default defineConfig({
  test: {
    projects: chromium === undefined ? [happyDom] : [happyDom, chromiumProject(chromium)],
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
