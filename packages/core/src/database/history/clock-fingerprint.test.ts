import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { toBase32, utf8ToBytes } from '../../primitives/bytes.js'
import { createTestPair, settled } from '../../testing/create-test-pair.js'
import { clockFingerprint } from './clock-fingerprint.js'

describe('clockFingerprint', () => {
  it('is equal on two devices when their states are, and only then', async () => {
    const pair = createTestPair()
    const shown = () => Promise.all([pair.a, pair.b].map(async db => clockFingerprint(await db.clock())))
    await pair.a.put({ _id: 'x', n: 1 })
    await settled(pair)
    pair.offline()
    await pair.a.put({ _id: 'x', n: 2 })
    await pair.b.put({ _id: 'y', n: 3 })
    const [here, there] = await shown()
    expect(here).not.toBe(there)
    pair.online()
    await settled(pair)
    const [one, other] = await shown()
    expect(one).toBe(other)
    expect([here, there]).not.toContain(one)
    await pair.close()
  })

  it('is three groups of four letters of SHA-256 over the ids in their order', async () => {
    expect(await clockFingerprint(['b', 'a', 'b'])).toBe(await clockFingerprint(['a', 'b']))
    const letters = toBase32(sha256(utf8ToBytes('a\nb')))
    expect(await clockFingerprint(['a', 'b'])).toBe(
      `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8, 12)}`,
    )
    expect(await clockFingerprint([])).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){2}$/)
    for (const clock of ['ab', null, [1], {}])
      await expect(clockFingerprint(clock as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
