import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { copyValue } from './copy-value.js'

it('a copy equals what it was made of, and shares nothing with it', () => {
  const value = fc
    .jsonValue({ maxDepth: 4 })
    .map(json => ({ json, bytes: new Uint8Array([1, 2]), list: [[]] }))
  const property = fc.property(value, original => {
    const text = JSON.stringify(original)
    const copy = copyValue(original)
    expect(copy).toEqual(original)
    copy.bytes[0] = 9
    copy.list[0]?.push('more' as never)
    expect(JSON.stringify(original)).toBe(text)
  })
  fc.assert(property, { numRuns: runs(200) })
})

it('a copy of a frozen object is not frozen, and keeps __proto__ as a field, in order', () => {
  const frozen = Object.freeze(JSON.parse('{"b":1,"__proto__":{"x":[1]},"a":2}') as Record<string, unknown>)
  const copy = copyValue(frozen)
  expect(Object.isFrozen(copy)).toBe(false)
  expect(Object.keys(copy)).toEqual(['b', '__proto__', 'a'])
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  expect(JSON.stringify(copy)).toBe(JSON.stringify(frozen))
})
