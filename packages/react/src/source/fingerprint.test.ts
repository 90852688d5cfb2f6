import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fingerprint } from './fingerprint.js'

it('is equal for what is equal, in whatever order the fields stand', () => {
  expect(fingerprint({ a: 1, b: [true, null] })).toBe(fingerprint({ b: [true, null], a: 1 }))
  expect(fingerprint(new Uint8Array([1, 2]))).toBe(fingerprint(new Uint8Array([1, 2])))
  expect(fingerprint(new Date(7))).toBe(fingerprint(new Date(7)))
  expect(fingerprint(Object.create(null))).toBe(fingerprint({}))
})

it('a field that is undefined counts as absent', () => {
  expect(fingerprint({ key: undefined, limit: 2 })).toBe(fingerprint({ limit: 2 }))
})

it('tells apart what looks alike', () => {
  const values = [
    0,
    '0',
    false,
    'false',
    null,
    'null',
    undefined,
    '',
    [],
    {},
    [''],
    [[]],
    ['a,b'],
    ['a', 'b'],
    { a: 'b' },
    '{"a":"b"}',
    Number.NaN,
    new Uint8Array([1]),
    [1],
    1n,
    new Date(1),
    new Uint8Array(),
    { a: undefined, b: 1 },
    { a: 1 },
  ]
  const texts = values.map(value => `${typeof value === 'bigint' ? 'n' : ''}${fingerprint(value)}`)
  expect(new Set(texts).size).toBe(values.length)
})

it('functions and objects with a life of their own go by identity', () => {
  class Space {}
  const [a, b] = [new Space(), new Space()]
  expect(fingerprint({ storage: a })).toBe(fingerprint({ storage: a }))
  expect(fingerprint({ storage: a })).not.toBe(fingerprint({ storage: b }))
  expect(fingerprint(() => 1)).not.toBe(fingerprint(() => 1))
})

it('ends on an object that holds itself', () => {
  const loop: { self?: unknown } = {}
  loop.self = loop
  expect(fingerprint(loop)).toBe(fingerprint(loop))
})

const json = fc.jsonValue({ maxDepth: 2 })

it('does not depend on the order in which fields were set', () => {
  fc.assert(
    fc.property(json, value => {
      expect(fingerprint(reversed(value))).toBe(fingerprint(value))
    }),
  )
})

it('two values of one fingerprint are equal', () => {
  const few = fc.jsonValue({ maxDepth: 1, stringUnit: fc.constantFrom('a', ',') })
  fc.assert(
    fc.property(few, few, (a, b) => {
      if (fingerprint(a) === fingerprint(b)) expect(normal(b)).toEqual(normal(a))
    }),
    { numRuns: 1_000 },
  )
})

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(reversed)
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reversed(field)]),
  )
}

/** Without the difference between 0 and -0, which no document keeps. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
