import { expect, test } from 'vitest'
import { spokenMessage } from './spoken-message.js'

const PICTURE = { name: 'a.png', width: 1, height: 1 }

test('pictures are counted beside the text, or in its place', () => {
  expect(spokenMessage({ text: 'hello' })).toBe('hello')
  expect(spokenMessage({ text: '', pictures: [PICTURE] })).toBe('1 picture')
  expect(spokenMessage({ text: 'look', pictures: [PICTURE, PICTURE] })).toBe('look (2 pictures)')
})
