import { expect, test } from 'vitest'
import { pictureFrame } from './picture-frame.js'

test('a photo keeps its shape and fits in width and height', () => {
  expect(pictureFrame({ width: 2000, height: 1500 })).toEqual({ width: 352, ratio: 4 / 3, isSmall: false })
  expect(pictureFrame({ width: 1500, height: 2000 })).toEqual({ width: 240, ratio: 0.75, isSmall: false })
})

test('a strip is cut to a shape that can be looked at', () => {
  expect(pictureFrame({ width: 9000, height: 10 }).ratio).toBe(2.5)
  expect(pictureFrame({ width: 10, height: 9000 })).toMatchObject({ ratio: 0.5, width: 160 })
})

test('a small one is not blown up', () => {
  expect(pictureFrame({ width: 32, height: 32 })).toEqual({ width: 160, ratio: 1, isSmall: true })
  expect(pictureFrame({ width: 200, height: 200 })).toEqual({ width: 200, ratio: 1, isSmall: true })
  expect(pictureFrame({ width: 201, height: 400 })).toMatchObject({ width: 161, isSmall: false })
})

test('even a small strip leaves room for a word in its place', () => {
  expect(pictureFrame({ width: 200, height: 20 })).toEqual({ width: 200, ratio: 200 / 128, isSmall: true })
})

test.each([
  [0, 10],
  [-1, -1],
  [Number.NaN, 1],
  [Number.POSITIVE_INFINITY, 1],
  ['1', 1],
])('a size that is none, %s by %s, has a frame all the same', (width, height) => {
  expect(pictureFrame({ width, height } as never)).toEqual({ width: 320, ratio: 1, isSmall: false })
})
