import { createHash } from 'node:crypto'
import type { Permission, TokenClaims } from '@firekeep/core/protocol'
import { decodeJwt, importJWK, jwtVerify } from 'jose'
import { BoundedMap } from '../limits/bounded-map.js'
import { unauthorized } from './auth-error.js'
import { assertClaims, assertLineage, parseClaims } from './token-claims.js'

/** What a token gives: a right to one log, until `expires` (milliseconds since 1970). */
export interface Grant {
  readonly permission: Permission
  readonly expires: number
}

export interface TokenUse {
  readonly logId: string
  /** The origins of this server. */
  readonly audiences: readonly string[]
}

const TOKENS_KEPT = 20_000

/**
 * Verifies the tokens that clients sign themselves (`docs/protocol.md`): the log id is the hash of both public keys,
 * so who holds the key that signed has the right, and nobody needs an account.
 */
export class TokenVerifier {
  readonly #now: () => number
  /** Claims by the SHA-256 of a token whose signature was found good. What depends on the time is checked again. */
  readonly #verified = new BoundedMap<string, TokenClaims>(TOKENS_KEPT)

  constructor(now: () => number) {
    this.#now = now
  }

  /** `UNAUTHORIZED` unless the token holds. */
  async verify(token: string, { logId, audiences }: TokenUse): Promise<Grant> {
    const digest = createHash('sha256').update(token).digest('base64')
    const known = this.#verified.get(digest)
    const claims = known ?? readClaims(token)
    const now = this.#now()
    try {
      assertClaims(claims, { logId, audiences, now })
    } catch (error) {
      this.#verified.delete(digest)
      throw error
    }
    if (known === undefined) {
      assertLineage(claims)
      await verifySignature(token, claims, now)
      this.#verified.set(digest, claims)
    }
    return { permission: claims.perm, expires: claims.exp * 1000 }
  }
}

function readClaims(token: string): TokenClaims {
  try {
    return parseClaims(decodeJwt(token))
  } catch (cause) {
    throw unauthorized('the token does not decode', cause)
  }
}

async function verifySignature(token: string, { perm, wk, rk }: TokenClaims, now: number): Promise<void> {
  try {
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: perm === 'write' ? wk : rk }, 'EdDSA')
    await jwtVerify(token, key, { algorithms: ['EdDSA'], currentDate: new Date(now), clockTolerance: 60 })
  } catch (cause) {
    throw unauthorized('the signature of the token is wrong', cause)
  }
}
