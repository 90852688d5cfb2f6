import { createHash, hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { concatBytes, toBase64Url, utf8ToBytes } from '../primitives/bytes.js'
import { parseKey } from './key.js'
import { nobleEngine } from './noble-ed25519-engine.js'
import { deriveFromKey, deriveReadSecrets, deriveSecrets, mayWrite, readSecretOf } from './secrets.js'

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

describe('the secrets of who may only read', () => {
  it('follow from the content key and the public write key, and are those of the same database', async () => {
    const all = await deriveSecrets(root)
    const readSecret = readSecretOf(all)
    expect(readSecret).toEqual(concatBytes(all.contentKey, all.writeKey.publicKey))
    const read = await deriveReadSecrets(readSecret)
    expect(read).toMatchObject({
      root: undefined,
      writeKey: undefined,
      lineage: all.lineage,
      lineageId: all.lineageId,
      contentKey: all.contentKey,
      writePublicKey: all.writeKey.publicKey,
    })
    expect(read.readKey.publicKey).toEqual(all.readKey.publicKey)
    expect([mayWrite(all), mayWrite(read)]).toEqual([true, false])
    expect(readSecretOf(read)).toEqual(readSecret)
  })

  it('are those of another database when one bit of either half differs', async () => {
    const all = await deriveSecrets(root)
    for (const at of [0, 63]) {
      const changed = readSecretOf(all)
      changed[at] = (changed[at] as number) ^ 1
      expect((await deriveReadSecrets(changed)).lineageId).not.toBe(all.lineageId)
    }
  })

  it('are told from those of who may write by the length of the key', async () => {
    const all = await deriveSecrets(root)
    expect(mayWrite(await deriveFromKey(root))).toBe(true)
    expect(mayWrite(await deriveFromKey(readSecretOf(all)))).toBe(false)
    await expect(deriveReadSecrets(root)).rejects.toThrow(TypeError)
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

  it('is 64 bytes or their base64url where it lets somebody read only', () => {
    const readSecret = concatBytes(root, root.toReversed())
    expect(parseKey(readSecret)).toEqual(readSecret)
    expect(parseKey(toBase64Url(readSecret))).toEqual(readSecret)
    expect(toBase64Url(readSecret)).toHaveLength(86)
  })

  it.each([
    'correct horse battery staple',
    '',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}B`,
    `${'A'.repeat(43)}=`,
    new Uint8Array(31),
    new Uint8Array(33),
    new Uint8Array(63),
    new Uint8Array(65),
    'A'.repeat(85),
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
