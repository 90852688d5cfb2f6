import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE } from '@noble/curves/utils.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes } from '../primitives/bytes.js'
import type { Ed25519Engine } from './ed25519-engine.js'

/**
 * The engine in JavaScript, for runtimes whose WebCrypto lacks Ed25519. Loaded only there.
 *
 * It computes the cofactorless equation from the points (L12). The library's own `verify` multiplies by the
 * cofactor and would accept signatures that other runtimes refuse.
 */
export const nobleEngine: Ed25519Engine = {
  async importSigningKey(seed) {
    const secret = new Uint8Array(seed)
    return { publicKey: ed25519.getPublicKey(secret), sign: async message => ed25519.sign(message, secret) }
  },

  async checkEquation(publicKey, message, signature) {
    const key = pointOf(publicKey)
    if (key === undefined) return false
    const r = signature.subarray(0, 32)
    const k = bytesToNumberLE(sha512(concatBytes(r, publicKey, message))) % Point.Fn.ORDER
    const s = bytesToNumberLE(signature.subarray(32))
    const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k))
    return equalBytes(expected.toBytes(), r)
  },
}

const { Point } = ed25519

function pointOf(bytes: Uint8Array): InstanceType<typeof Point> | undefined {
  try {
    return Point.fromBytes(bytes)
  } catch {
    return undefined
  }
}
