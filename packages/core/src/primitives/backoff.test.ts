import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { Backoff } from './backoff.js'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('a backoff', () => {
  it('waits half a second to a minute, whatever chance says', () => {
    const law = fc.property(fc.array(chance, { maxLength: 40 }), chances => {
      const backoff = new Backoff()
      for (const value of chances) {
        const wait = backoff.next(() => value)
        expect(wait).toBeGreaterThanOrEqual(500)
        expect(wait).toBeLessThanOrEqual(60_000)
      }
    })
    fc.assert(law, { numRuns: runs(100) })
  })

  it('doubles until the longest wait and stays there', () => {
    const backoff = new Backoff()
    const waits = Array.from({ length: 10 }, () => backoff.next(() => 0))
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000])
  })

  it('spreads those who failed at once over half of the wait', () => {
    const waitAt = (value: number) => new Backoff().next(() => value)
    expect([waitAt(0), waitAt(0.5), waitAt(0.999)]).toEqual([500, 750, 999.5])
  })

  it('starts anew after a try that worked', () => {
    const backoff = new Backoff()
    for (let i = 0; i < 2000; i++) backoff.next(() => 0)
    backoff.reset()
    expect(backoff.next(() => 0)).toBe(500)
  })
})
