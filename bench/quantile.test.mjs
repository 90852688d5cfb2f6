import { expect, test } from 'vitest'
import { quantile } from './quantile.mjs'

test('the median of an even count lies between the two in the middle, whatever their order', () => {
  expect(quantile([40, 10, 30, 20], 0.5)).toBe(25)
})

test('the ends are the smallest and the greatest value', () => {
  expect([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1)]).toEqual([1, 3])
})

test('numbers are not sorted as text', () => {
  expect(quantile([9, 10, 100], 0.5)).toBe(10)
})

test('of no values there is none', () => {
  expect(() => quantile([], 0.5)).toThrow(RangeError)
})
