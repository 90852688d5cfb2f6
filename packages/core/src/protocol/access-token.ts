import { sha256 } from '@noble/hashes/sha2.js'
import type { SigningKey } from '../crypto/ed25519.js'
import { concatBytes, toBase64Url, utf8ToBytes } from '../primitives/bytes.js'
import { TOKEN_SECONDS } from './limits.js'
import type { Permission } from './remote.js'

/** What a token says: who holds these keys may use this log on this server for some minutes. */
export interface TokenClaims {
  /** The origin of the server that it is for. */
  readonly aud: string
  /** The log id. */
  readonly db: string
  readonly perm: Permission
  /** The public write and read key, base64url: the id of the database is their hash. */
  readonly wk: string
  readonly rk: string
  /** Seconds since 1970. */
  readonly iat: number
  readonly exp: number
}

export interface TokenRequest {
  readonly audience: string
  readonly logId: string
  readonly permission: Permission
  /** The server's time, in milliseconds since 1970. */
  readonly now: number
}

/** The keys of a database as far as its holder has them. */
export interface TokenKeys {
  readonly writePublicKey: Uint8Array
  readonly readKey: SigningKey
  /** Only with the right to write. */
  readonly writeKey: SigningKey | undefined
}

/** A JWT (RFC 7519) by EdDSA: signed with the write key for `write`, with the read key for `read`. */
export async function signAccessToken(
  { audience, logId, permission, now }: TokenRequest,
  { writePublicKey, readKey, writeKey }: TokenKeys,
): Promise<string> {
  const iat = Math.floor(now / 1000)
  const claims: TokenClaims = {
    aud: audience,
    db: logId,
    perm: permission,
    wk: toBase64Url(writePublicKey),
    rk: toBase64Url(readKey.publicKey),
    iat,
    exp: iat + TOKEN_SECONDS,
  }
  const key = permission === 'write' ? writeKey : readKey
  if (key === undefined) throw new TypeError('a token for writing takes the write key')
  const signed = `${HEADER}.${toBase64Url(utf8ToBytes(JSON.stringify(claims)))}`
  return `${signed}.${toBase64Url(await key.sign(utf8ToBytes(signed)))}`
}

const HEADER = toBase64Url(utf8ToBytes(JSON.stringify({ alg: 'EdDSA', typ: 'JWT' })))
const LINEAGE_TAG = utf8ToBytes('firekeep/1/lineage\0')

/** The lineage that two public keys certify (`docs/format.md`). */
export function lineageOf(writePublicKey: Uint8Array, readPublicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(LINEAGE_TAG, writePublicKey, readPublicKey))
}
