import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddressBuckets, bucketKey } from './address-buckets.js'
import { BoundedMap } from './bounded-map.js'
import { ConnectionCounts } from './connection-counts.js'
import { TokenBucket } from './token-bucket.js'

describe('a token bucket', () => {
  it('lets a burst through at once, then as many as its rate', () => {
    const bucket = new TokenBucket(10, 3, 0)
    expect([0, 0, 0, 0].map(now => bucket.take(now))).toEqual([0, 0, 0, 100])
    expect(bucket.take(99)).toBe(1)
    expect(bucket.take(100)).toBe(0)
  })

  it('never lets more through than burst and rate allow, and always after the wait that it named', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 100 })
    fc.assert(
      fc.property(
        waits,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        (steps, rate, burst) => {
          const bucket = new TokenBucket(rate, burst, 0)
          let now = 0
          let taken = 0
          for (const step of steps) {
            now += step
            const wait = bucket.take(now)
            if (wait === 0) taken += 1
            else expect(bucket.wait(now + wait)).toBe(0)
            if (wait > 0) now += wait
          }
          expect(taken).toBeLessThanOrEqual(burst + (now * rate) / 1000 + 1e-6)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('lends what one takes at once, and the next wait for it', () => {
    const bucket = new TokenBucket(10, 3, 0)
    expect(bucket.take(0, 5)).toBe(0)
    expect(bucket.take(0)).toBe(300)
    expect(bucket.take(300)).toBe(0)
  })

  it('stops nobody for long when the clock is set back', () => {
    const bucket = new TokenBucket(1, 1, 1_000_000)
    expect(bucket.take(1_000_000)).toBe(0)
    expect(bucket.take(0)).toBe(1000)
    expect(bucket.take(1000)).toBe(0)
  })
})

describe('buckets of addresses', () => {
  it('are one for each address', () => {
    const buckets = new AddressBuckets({ perSecond: 1, burst: 1, now: () => 0 })
    expect(buckets.take('10.0.0.1')).toBe(0)
    expect(buckets.take('10.0.0.1')).toBe(1000)
    expect(buckets.wait('10.0.0.1')).toBe(1000)
    expect(buckets.take('10.0.0.2')).toBe(0)
  })

  it('are one for a network of IPv6, however its addresses are written', () => {
    expect(bucketKey('2001:db8:1:2:3:4:5:6')).toBe(bucketKey('2001:db8:1:2::1'))
    expect(bucketKey('2001:db8:1:2::1')).not.toBe(bucketKey('2001:db8:1:3::1'))
    expect(bucketKey('::1')).toBe(bucketKey('0:0:0:0:0:0:0:1'))
    expect(bucketKey('::ffff:10.0.0.1')).toBe('10.0.0.1')
  })
})

describe('connection counts', () => {
  it('are bounded in all and for each address, and go down once for each that leaves', () => {
    const counts = new ConnectionCounts({ most: 3, mostPerAddress: 2 })
    const leave = counts.enter('a')
    expect([leave, counts.enter('a'), counts.enter('a')].map(Boolean)).toEqual([true, true, false])
    expect(counts.enter('b')).toBeDefined()
    expect(counts.enter('c')).toBeUndefined()
    leave?.()
    leave?.()
    expect(counts.enter('c')).toBeDefined()
    expect(counts.enter('a')).toBeUndefined()
  })
})

describe('a bounded map', () => {
  it('forgets what was used longest ago', () => {
    const map = new BoundedMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.get('a')
    map.set('c', 3)
    expect(['a', 'b', 'c'].map(key => map.get(key))).toEqual([1, undefined, 3])
  })
})
