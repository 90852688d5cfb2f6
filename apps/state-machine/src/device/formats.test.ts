import { expect, test } from 'vitest'
import { formatSize } from './formats.js'

test('sizes are told with the digits that mean something', () => {
  expect([0, 999, 1_000, 12_345, 2_500_000].map(formatSize)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '12 kB',
    '2.5 MB',
  ])
})
