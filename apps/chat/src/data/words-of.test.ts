import { expect, test } from 'vitest'
import { piecesOf, wordsOf } from './words-of.js'

test('words are found whatever their case and accents', () => {
  expect([...wordsOf('Über DEM Café, über!')]).toEqual(['uber', 'dem', 'cafe'])
})

test('the pieces of a text together are the text', () => {
  const text = '  Two  words—and 3 signs!?\n日本語です'
  expect(
    piecesOf(text)
      .map(piece => piece.text)
      .join(''),
  ).toBe(text)
})

test('a language without spaces has words too', () => {
  expect(wordsOf('日本語です').size).toBeGreaterThan(1)
})
