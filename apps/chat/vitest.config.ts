import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    // Room for machines that do something else as well.
    testTimeout: 30_000,
    include: ['src/**/*.test.ts', 'vite/**/*.test.ts', 'test/**/*.test.ts'],
    // All cores: by default one is left to the main process, which has little to do.
    maxWorkers: '100%',
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
