import { expect, it } from 'vitest'
import { ByteCache } from './byte-cache.js'

const value = (name: string, size: number) => ({ name, size, wasUsed: false })

/** A cache of 10 bytes, and the names of what it forgot. */
function tenBytes() {
  const forgotten: string[] = []
  return {
    cache: new ByteCache<{ name: string; size: number; wasUsed: boolean }>(10, ({ name }) =>
      forgotten.push(name),
    ),
    forgotten,
  }
}

it('a byte cache forgets the oldest that were not used until the rest fits', () => {
  const { cache, forgotten } = tenBytes()
  for (const name of ['a', 'b', 'c']) cache.set(name, value(name, 3))
  expect(cache.get('a')?.name).toBe('a')
  cache.set('d', value('d', 6))
  expect(forgotten).toEqual(['b', 'c'])
  expect([...cache.keys()].sort()).toEqual(['a', 'd'])
  expect(cache.size).toBe(9)
})

it('a byte cache passes over what was used only once: of all used, the oldest go', () => {
  const { cache, forgotten } = tenBytes()
  for (const name of ['a', 'b', 'c']) cache.set(name, value(name, 3))
  for (const name of ['c', 'b', 'a']) cache.get(name)
  cache.set('d', value('d', 7))
  expect(forgotten).toEqual(['a', 'b'])
  expect([...cache.keys()].sort()).toEqual(['c', 'd'])
})

it('a byte cache forgets at once what is larger than it is, and all else before', () => {
  const { cache, forgotten } = tenBytes()
  cache.set('a', value('a', 3))
  cache.set('b', value('b', 11))
  expect(forgotten).toEqual(['a', 'b'])
  expect(cache.size).toBe(0)
})

it('a byte cache replaces a value, which is forgotten', () => {
  const { cache, forgotten } = tenBytes()
  cache.set('a', value('old', 9))
  cache.set('a', value('new', 4))
  expect(forgotten).toEqual(['old'])
  expect(cache.get('a')?.name).toBe('new')
  expect(cache.size).toBe(4)
})

it('a byte cache is not confused by deletions', () => {
  const { cache, forgotten } = tenBytes()
  for (const name of ['a', 'b', 'c']) cache.set(name, value(name, 3))
  cache.delete('c')
  cache.delete('missing')
  cache.get('a')
  cache.get('a')
  cache.set('d', value('d', 3))
  cache.set('e', value('e', 3))
  expect(forgotten).toEqual(['c', 'b'])
})
