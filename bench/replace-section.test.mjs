import { expect, test } from 'vitest'
import { replaceSection } from './replace-section.mjs'

test('what stands between the markers is replaced, as often as one likes, and nothing else', () => {
  const text = 'a\n<!-- node:start -->\nold $&\n<!-- node:end -->\nb\n'
  const once = replaceSection(text, 'node', 'new $1')
  expect(once).toBe('a\n<!-- node:start -->\nnew $1\n<!-- node:end -->\nb\n')
  expect(replaceSection(once, 'node', 'new $1')).toBe(once)
})

test('a text without the markers is refused', () => {
  expect(() => replaceSection('nothing here', 'node', 'new')).toThrow(/no markers/)
})
