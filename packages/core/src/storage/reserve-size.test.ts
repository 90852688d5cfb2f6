import { describe, expect, it } from 'vitest'
import { reserveSize } from './reserve-size.js'

const MIB = 1_048_576

describe('the room held back', () => {
  it.each([
    ['256 KiB of a storage that holds nothing', 0, undefined, MIB / 4],
    ['256 KiB of a storage of ten documents', 10_000, undefined, MIB / 4],
    ['a quarter of what is stored', 8 * MIB, undefined, 2 * MIB],
    ['rounded up, so that it grows seldom', 9 * MIB, undefined, 4 * MIB],
    ['8 MiB of whatever is larger', 10_000 * MIB, undefined, 8 * MIB],
    ['5 % of a quota that is small', 100 * MIB, 20 * MIB, MIB],
    ['8 MiB of a large quota', 100 * MIB, 10_000 * MIB, 8 * MIB],
    ['nothing where nothing may be stored', 0, 0, 0],
  ])('is %s', (_name, stored, quota, size) => {
    expect(reserveSize(stored, 1 / 4, quota)).toBe(size)
  })
})
