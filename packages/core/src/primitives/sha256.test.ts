import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toHex, utf8ToBytes } from './bytes.js'
import { sha256 } from './sha256.js'

it('SHA-256 gives the digests of FIPS 180-4', () => {
  expect(toHex(sha256(utf8ToBytes('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
  expect(toHex(sha256(new Uint8Array(0)))).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
})

it('SHA-256 is that of the platform at every length around its block size', () => {
  for (let length = 0; length <= 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255)
    expect(toHex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})

it('SHA-256 is that of the platform for any bytes, views included', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000, size: 'max' }), fc.nat(70), (bytes, start) => {
      const part = bytes.subarray(start)
      expect(toHex(sha256(part))).toBe(createHash('sha256').update(part).digest('hex'))
    }),
  )
})
