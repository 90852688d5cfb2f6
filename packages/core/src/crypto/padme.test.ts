import fc from 'fast-check'
import { expect, it } from 'vitest'
import { padme } from './padme.js'

it('Padmé never shortens, adds at most 12 %, and keeps the order of lengths', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (a, b) => {
      expect(padme(a)).toBeGreaterThanOrEqual(a)
      expect(padme(a)).toBeLessThanOrEqual(Math.ceil(a * 1.12))
      if (a <= b) expect(padme(a)).toBeLessThanOrEqual(padme(b))
      expect(padme(padme(a))).toBe(padme(a))
    }),
  )
})

it('Padmé of these lengths is as published', () => {
  expect([0, 1, 2, 8, 9, 100, 700, 1024, 1025, 65_536].map(padme)).toEqual([
    0, 1, 2, 8, 10, 104, 704, 1024, 1088, 65_536,
  ])
})

it('Padmé leaves few lengths to tell apart', () => {
  const lengths = new Set(Array.from({ length: 65_536 }, (_, i) => padme(i)))
  expect(lengths.size).toBeLessThan(300)
})
