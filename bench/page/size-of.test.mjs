import { expect, test } from 'vitest'
import { sizeOf } from './size-of.mjs'

test('binary data counts by its length, a view by what it shows', () => {
  expect(sizeOf(new Uint8Array(100).subarray(0, 10))).toBe(10)
  expect(sizeOf(new ArrayBuffer(7))).toBe(7)
  expect(sizeOf(new Blob(['four']))).toBe(4)
})

test('documents count by their texts, names of fields included', () => {
  expect(sizeOf({ ab: 'cde', list: [10, true], nested: { x: null } })).toBe(5 + 10 + 11)
})
