import { createPublicKey, type KeyObject } from 'node:crypto'
import { FirekeepError } from '@firekeep/core/protocol'
import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'

/** A key that JWTs of an issuer are verified with, and the algorithms that its kind allows: never what the JWT says. */
export interface IssuerKey {
  readonly key: JWTVerifyGetKey | KeyObject | Uint8Array
  readonly algorithms: readonly string[]
}

const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']
const LEAST_SECRET_BYTES = 32

/** A public key as PEM (SPKI or a certificate). `INVALID_OPTION` for any other text, a private key above all. */
export function pemIssuerKey(pem: string): IssuerKey {
  if (/PRIVATE KEY/.test(pem)) throw invalid('the key of an issuer is its public key; this is a private one')
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch (cause) {
    throw invalid('the key of the issuer is no public key in PEM', cause)
  }
  return { key, algorithms: algorithmsOf(key) }
}

/** A secret that the issuer shares with the server. `INVALID_OPTION` unless it has 32 bytes at least. */
export function secretIssuerKey(secret: string): IssuerKey {
  const key = new TextEncoder().encode(secret)
  if (key.length < LEAST_SECRET_BYTES)
    throw invalid(`a shared secret has at least ${LEAST_SECRET_BYTES} bytes`)
  return { key, algorithms: ['HS256'] }
}

/** The text of a JWK set. Symmetric keys in it are of no use: the algorithms are those of public keys. */
export function jwksIssuerKey(text: string): IssuerKey {
  try {
    return { key: createLocalJWKSet(JSON.parse(text) as JSONWebKeySet), algorithms: ASYMMETRIC }
  } catch (cause) {
    throw invalid('the JWK set of the issuer does not parse', cause)
  }
}

/** A JWK set that is fetched when it is needed, and kept for ten minutes. https, or http on this machine. */
export function remoteIssuerKey(address: string): IssuerKey {
  const url = new URL(address)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !isLocal) throw invalid('a JWK set is fetched over https')
  return { key: createRemoteJWKSet(url), algorithms: ASYMMETRIC }
}

function algorithmsOf(key: KeyObject): readonly string[] {
  if (key.asymmetricKeyType === 'rsa') return ['RS256', 'PS256']
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA']
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (curve === 'prime256v1') return ['ES256']
  if (curve === 'secp384r1') return ['ES384']
  throw invalid('the key of an issuer is RSA, Ed25519, P-256 or P-384')
}

function invalid(message: string, cause?: unknown): FirekeepError {
  return new FirekeepError('INVALID_OPTION', message, { cause })
}
