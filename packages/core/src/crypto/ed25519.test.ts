import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { fromHex, toHex } from '../primitives/bytes.js'
import { importSigningKey, verifySignature } from './ed25519.js'
import type { Ed25519Engine } from './ed25519-engine.js'
import { createEd25519Vectors } from './fixtures/ed25519-vectors.js'
import { nobleEngine } from './noble-ed25519-engine.js'
import { openWebCryptoEngine } from './webcrypto-ed25519-engine.js'

const webCryptoEngine = (await openWebCryptoEngine()) as Ed25519Engine
const engines: [name: string, engine: Ed25519Engine][] = [
  ['WebCrypto', webCryptoEngine],
  ['JavaScript', nobleEngine],
]

interface SignedVector {
  readonly seed: string
  readonly publicKey: string
  readonly message: string
  readonly signature: string
}

/** From RFC 8032, section 7.1. */
const rfc8032: SignedVector[] = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
]

function mustHex(text: string): Uint8Array {
  const bytes = fromHex(text)
  if (bytes === undefined) throw new Error('not hexadecimal')
  return bytes
}

describe.each(engines)('Ed25519 by %s', (_, engine) => {
  it.each(rfc8032)('signs $message as RFC 8032 does', async vector => {
    const key = await engine.importSigningKey(mustHex(vector.seed))
    const message = mustHex(vector.message)
    const signature = await key.sign(message)
    expect(toHex(key.publicKey)).toBe(vector.publicKey)
    expect(toHex(signature)).toBe(vector.signature)
    expect(await verifySignature(key.publicKey, message, signature, engine)).toBe(true)
  })

  it.each(createEd25519Vectors())('gives the verdict of L12 on $name', async vector => {
    const { publicKey, message, signature, isValid } = vector
    expect(await verifySignature(publicKey, message, signature, engine)).toBe(isValid)
  })

  it('verifies what the other signed, and nothing with a changed bit', async () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
    await fc.assert(
      fc.asyncProperty(bytes, fc.uint8Array(), fc.nat(), async (seed, message, bit) => {
        for (const [, signer] of engines) {
          const { publicKey, sign } = await signer.importSigningKey(seed)
          const signature = await sign(message)
          expect(await verifySignature(publicKey, message, signature, engine)).toBe(true)
          const at = bit % 512
          const changed = signature.with(at >> 3, (signature[at >> 3] as number) ^ (1 << (at & 7)))
          expect(await verifySignature(publicKey, message, changed, engine)).toBe(false)
        }
      }),
      { numRuns: runs(8) },
    )
  })
})

it('a signing key is imported by whatever the runtime has', async () => {
  const key = await importSigningKey(new Uint8Array(32))
  const message = Uint8Array.of(1, 2, 3)
  expect(key.publicKey).toEqual((await nobleEngine.importSigningKey(new Uint8Array(32))).publicKey)
  expect(await verifySignature(key.publicKey, message, await key.sign(message))).toBe(true)
})
