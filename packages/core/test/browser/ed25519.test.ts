import { describe, expect, it } from 'vitest'
import { verifySignature } from '../../src/crypto/ed25519.js'
import { createEd25519Vectors } from '../../src/crypto/fixtures/ed25519-vectors.js'
import { nobleEngine } from '../../src/crypto/noble-ed25519-engine.js'
import { openWebCryptoEngine } from '../../src/crypto/webcrypto-ed25519-engine.js'

const webCryptoEngine = await openWebCryptoEngine()

it('this browser has Ed25519 in WebCrypto, so both implementations are compared', () => {
  expect(webCryptoEngine).toBeDefined()
})

describe.each([
  ['WebCrypto', webCryptoEngine],
  ['JavaScript', nobleEngine],
] as const)('Ed25519 by %s in a browser', (_, engine) => {
  it.each(createEd25519Vectors())('gives the verdict of L12 on $name', async vector => {
    const { publicKey, message, signature, isValid } = vector
    expect(await verifySignature(publicKey, message, signature, engine)).toBe(isValid)
  })
})
