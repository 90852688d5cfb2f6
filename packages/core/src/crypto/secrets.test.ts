import { createHash, hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { concatBytes, toBase64Url, utf8ToBytes } from '../primitives/bytes.js'
import { parseKey } from './key.js'
import { nobleEngine } from './noble-ed25519-engine.js'
import { deriveSecrets } from './secrets.js'

const root = Uint8Array.from({ length: 32 }, (_, i) => i)

function hkdf(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), info, 32))
}

describe('the secrets of a database', () => {
  it('are derived from its root secret as the format says', async () => {
    const secrets = await deriveSecrets(root)
    const contentKey = hkdf(root, 'firekeep/1/content-key')
    const writeKey = await nobleEngine.importSigningKey(hkdf(root, 'firekeep/1/write-key'))
    const readKey = await nobleEngine.importSigningKey(hkdf(contentKey, 'firekeep/1/read-key'))
    const named = concatBytes(utf8ToBytes('firekeep/1/lineage\0'), writeKey.publicKey, readKey.publicKey)
    expect(secrets.root).toEqual(root)
    expect(secrets.contentKey).toEqual(contentKey)
    expect(secrets.writeKey.publicKey).toEqual(writeKey.publicKey)
    expect(secrets.readKey.publicKey).toEqual(readKey.publicKey)
    expect(Buffer.from(secrets.lineage)).toEqual(createHash('sha256').update(named).digest())
    expect(secrets.lineageId).toMatch(/^[a-z2-7]{52}$/)
  })

  it('never change: this root secret has this lineage id for ever', async () => {
    const { lineageId } = await deriveSecrets(root)
    expect(lineageId).toBe('nxjzjle3g3igvv4o737myo5w2vcog7mpd6igg67wijzwdjtsgeca')
  })

  it('differ in all parts when one bit of the root secret does', async () => {
    const [one, other] = await Promise.all([deriveSecrets(root), deriveSecrets(root.with(31, 0))])
    expect(one.lineageId).not.toBe(other.lineageId)
    expect(one.contentKey).not.toEqual(other.contentKey)
    expect(one.writeKey.publicKey).not.toEqual(other.writeKey.publicKey)
    expect(one.readKey.publicKey).not.toEqual(other.readKey.publicKey)
  })
})

describe('a key that a user gives', () => {
  it('is 32 bytes, copied, or their base64url', () => {
    const parsed = parseKey(root)
    expect(parsed).toEqual(root)
    expect(parsed).not.toBe(root)
    expect(parseKey(Buffer.from(root))).toEqual(root)
    expect(parseKey(toBase64Url(root))).toEqual(root)
    expect(parseKey(` ${toBase64Url(root)}\n`)).toEqual(root)
  })

  it.each([
    'correct horse battery staple',
    '',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}B`,
    `${'A'.repeat(43)}=`,
    new Uint8Array(31),
    new Uint8Array(64),
    root.buffer,
    [...root],
    undefined,
    null,
    5,
  ])('is not %j, and the message does not repeat it', key => {
    try {
      parseKey(key)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_OPTION' })
      if (typeof key === 'string' && key !== '') expect((error as Error).message).not.toContain(key)
    }
  })
})
