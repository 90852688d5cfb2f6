import { timingSafeEqual } from 'node:crypto'
import { lineageOf, parseLogId, TOKEN_SECONDS, type TokenClaims } from '@firekeep/core/protocol'
import { unauthorized } from './auth-error.js'

const KEY_BYTES = 32
/** How far ahead of ours the clock of a client may be, in seconds. */
const AHEAD_SECONDS = 60

/** The claims of a token as far as their form goes; the signature is checked by the caller. `UNAUTHORIZED`. */
export function parseClaims(payload: Readonly<Record<string, unknown>>): TokenClaims {
  const { aud, db, perm, wk, rk, iat, exp } = payload
  if (typeof aud !== 'string' || typeof db !== 'string') throw unauthorized('a token names `aud` and `db`')
  if (perm !== 'read' && perm !== 'write') throw unauthorized('the `perm` of a token is `read` or `write`')
  if (typeof wk !== 'string' || typeof rk !== 'string') throw unauthorized('a token names `wk` and `rk`')
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp))
    throw unauthorized('a token has `iat` and `exp`')
  return { aud, db, perm, wk, rk, iat: iat as number, exp: exp as number }
}

/** Checks that the token holds now, for this log and server. `now` in milliseconds. `UNAUTHORIZED`. */
export function assertClaims(
  claims: TokenClaims,
  { logId, audiences, now }: { logId: string; audiences: readonly string[]; now: number },
): void {
  const seconds = now / 1000
  if (claims.db !== logId) throw unauthorized('the token is for another log')
  if (!audiences.includes(claims.aud)) throw unauthorized('the token is for another server')
  if (claims.exp - claims.iat > TOKEN_SECONDS)
    throw unauthorized(`a token holds for ${TOKEN_SECONDS} seconds at most`)
  if (claims.iat > seconds + AHEAD_SECONDS) throw unauthorized('the token is from the future')
  if (claims.exp <= seconds) throw unauthorized('the token has expired')
}

/** Checks that the keys of the claims are those that the log id is the hash of. `UNAUTHORIZED`. */
export function assertLineage({ db, wk, rk }: TokenClaims): void {
  const lineage = parseLogId(db)?.lineage
  const writeKey = parseKey(wk)
  const readKey = parseKey(rk)
  if (lineage === undefined || writeKey === undefined || readKey === undefined) {
    throw unauthorized('the log id or a key of the token has a wrong form')
  }
  if (!timingSafeEqual(lineageOf(writeKey, readKey), lineage)) {
    throw unauthorized('the keys of the token are not those of the log')
  }
}

function parseKey(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length === KEY_BYTES && bytes.toString('base64url') === text
    ? new Uint8Array(bytes)
    : undefined
}
