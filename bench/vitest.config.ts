import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      '*.test.mjs',
      'page/*.test.mjs',
      'measures/*.test.mjs',
      'sync/*.test.mjs',
      'history/*.test.mjs',
    ],
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
})
