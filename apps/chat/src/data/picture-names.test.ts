import { expect, test } from 'vitest'
import { pictureNames } from './picture-names.js'

test('names that differ stay', () => {
  expect(pictureNames(['a.png', 'b.png', 'a.jpg'])).toEqual(['a.png', 'b.png', 'a.jpg'])
})

test('names that are equal are counted, before their ending', () => {
  expect(pictureNames(['image.png', 'image.png', 'image (2).png', 'image.png'])).toEqual([
    'image.png',
    'image (2).png',
    'image (2) (2).png',
    'image (3).png',
  ])
  expect(pictureNames(['.hidden', '.hidden', 'none', 'none'])).toEqual([
    '.hidden',
    '.hidden (2)',
    'none',
    'none (2)',
  ])
})

test('half a surrogate pair, which nothing can store, and no name at all become names', () => {
  expect(pictureNames(['\uD83D.png', '', '🔥.png'])).toEqual(['\uFFFD.png', 'picture', '🔥.png'])
})
