import { generateKeyPairSync, sign } from 'node:crypto'
import { lineageOf, TOKEN_SECONDS } from '@firekeep/core/protocol'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A log with keys of its own, and tokens for it, as a client of the protocol makes them. */
export class TestLog {
  #write = generateKeyPairSync('ed25519')
  #read = generateKeyPairSync('ed25519')
  #wk = publicBytes(this.#write.publicKey)
  #rk = publicBytes(this.#read.publicKey)
  id = toBase32(lineageOf(this.#wk, this.#rk))

  /**
   * @param {string} audience
   * @returns {string} a token to write, for the next minutes
   */
  token(audience) {
    const iat = Math.floor(Date.now() / 1_000)
    const claims = {
      aud: audience,
      db: this.id,
      perm: 'write',
      wk: this.#wk.toString('base64url'),
      rk: this.#rk.toString('base64url'),
      iat,
      exp: iat + TOKEN_SECONDS,
    }
    const signed = `${toText({ alg: 'EdDSA', typ: 'JWT' })}.${toText(claims)}`
    return `${signed}.${sign(null, Buffer.from(signed), this.#write.privateKey).toString('base64url')}`
  }
}

/** @param {import('node:crypto').KeyObject} key */
function publicBytes(key) {
  return Buffer.from(/** @type {string} */ (key.export({ format: 'jwk' }).x), 'base64url')
}

/** @param {object} part */
function toText(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** @param {Uint8Array} bytes */
function toBase32(bytes) {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  const digits = bits.match(/.{1,5}/g) ?? []
  return digits.map(digit => BASE32[Number.parseInt(digit.padEnd(5, '0'), 2)]).join('')
}
