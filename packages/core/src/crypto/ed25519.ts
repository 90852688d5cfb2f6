import { isStrictEncoding } from './ed25519-encoding.js'
import type { Ed25519Engine, SigningKey } from './ed25519-engine.js'
import { openWebCryptoEngine } from './webcrypto-ed25519-engine.js'

export type { SigningKey } from './ed25519-engine.js'

let chosen: Promise<Ed25519Engine> | undefined

/** The signing key of a 32-byte seed. */
export async function importSigningKey(seed: Uint8Array): Promise<SigningKey> {
  const engine = await chooseEngine()
  return engine.importSigningKey(seed)
}

/**
 * Whether a signature is valid, by the strict rule of L12, equal on every runtime: A and R canonical and not of
 * small order, S below the group order, and bytes([S]B − [k]A) = R without the cofactor.
 *
 * `engine` is for tests; without it the runtime's own is taken.
 */
export async function verifySignature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  engine?: Ed25519Engine,
): Promise<boolean> {
  if (!isStrictEncoding(publicKey, signature)) return false
  const arithmetic = engine ?? (await chooseEngine())
  return arithmetic.checkEquation(publicKey, message, signature)
}

function chooseEngine(): Promise<Ed25519Engine> {
  chosen ??= openEngine().catch(error => {
    // Nothing is decided when loading failed, as it does offline; the next call tries again.
    chosen = undefined
    throw error
  })
  return chosen
}

async function openEngine(): Promise<Ed25519Engine> {
  return (await openWebCryptoEngine()) ?? (await import('./noble-ed25519-engine.js')).nobleEngine
}
