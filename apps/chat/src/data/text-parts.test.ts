import { expect, test } from 'vitest'
import { textParts } from './text-parts.js'

test('a text without addresses is one part', () => {
  expect(textParts('just words')).toEqual([{ text: 'just words', href: undefined }])
})

test('what closes the sentence after an address is not part of it', () => {
  expect(textParts('see https://example.org/a_b?c=d.').map(part => part.text)).toEqual([
    'see ',
    'https://example.org/a_b?c=d',
    '.',
  ])
})

test('the parts together are the text', () => {
  const text = 'a http://x.test, (https://y.test/z) and javascript:alert(1) http://'
  const parts = textParts(text)
  expect(parts.map(part => part.text).join('')).toBe(text)
  expect(parts.flatMap(part => part.href ?? [])).toEqual(['http://x.test', 'https://y.test/z'])
})
