import { expect, test } from 'vitest'
import { scaledSize } from './scaled-size.js'

test('the longer side becomes the longest allowed, the other in step', () => {
  expect(scaledSize({ width: 4000, height: 3000 }, 2048)).toEqual({ width: 2048, height: 1536 })
  expect(scaledSize({ width: 3000, height: 4000 }, 2048)).toEqual({ width: 1536, height: 2048 })
})

test('what is small enough stays, and no side vanishes', () => {
  expect(scaledSize({ width: 800, height: 600 }, 2048)).toEqual({ width: 800, height: 600 })
  expect(scaledSize({ width: 20_000, height: 3 }, 2048)).toEqual({ width: 2048, height: 1 })
})
