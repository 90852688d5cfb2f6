import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Generous, as suites share few cores; a long campaign takes as long as it takes.
    testTimeout: process.env.FIREKEEP_LONG ? 3_600_000 : 60_000,
    // All cores: by default one is left to the main process, which has little to do.
    maxWorkers: '100%',
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
