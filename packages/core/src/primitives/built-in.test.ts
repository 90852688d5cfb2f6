import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { dateToText, isDate, isUint8Array } from './built-in.js'

const pretender = (tag: string) => ({ [Symbol.toStringTag]: tag })

describe('built-in objects', () => {
  it('are known by what they are: of any realm, subclasses included', () => {
    for (const value of [new Uint8Array(1), Buffer.from('a'), runInNewContext('new Uint8Array(1)')]) {
      expect(isUint8Array(value)).toBe(true)
    }
    for (const value of [new (class extends Date {})(), runInNewContext('new Date(0)')]) {
      expect(isDate(value)).toBe(true)
    }
  })

  it('are not what only looks like them', () => {
    for (const value of [new Uint8ClampedArray(1), new ArrayBuffer(1), [1], null, pretender('Uint8Array')]) {
      expect(isUint8Array(value)).toBe(false)
    }
    for (const value of ['2020-01-01', 0, null, pretender('Date'), Date]) expect(isDate(value)).toBe(false)
  })

  it('a date is read from its slot, not from a method that was overridden', () => {
    const date = Object.assign(new Date(0), { getTime: () => 5, toISOString: () => 'never' })
    expect(dateToText(date)).toBe('1970-01-01T00:00:00.000Z')
    expect(dateToText(new Date(Number.NaN))).toBeUndefined()
  })
})
