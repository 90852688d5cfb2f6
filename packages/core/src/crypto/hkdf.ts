import { utf8ToBytes } from '../primitives/bytes.js'
import { mustGetSubtle } from './subtle.js'

const NO_SALT = new Uint8Array(0)

/** HKDF-SHA-256 (RFC 5869) over one secret. `info` says what the derived bytes are for. */
export interface Hkdf {
  derive(info: string, length: number, salt?: Uint8Array): Promise<Uint8Array>
}

/** An {@link Hkdf} over these secret bytes. */
export async function createHkdf(secret: Uint8Array): Promise<Hkdf> {
  const subtle = mustGetSubtle()
  const key = await subtle.importKey('raw', secret as BufferSource, 'HKDF', false, ['deriveBits'])
  return {
    async derive(info, length, salt = NO_SALT) {
      const algorithm = {
        name: 'HKDF',
        hash: 'SHA-256',
        salt: salt as BufferSource,
        info: utf8ToBytes(info) as BufferSource,
      }
      return new Uint8Array(await subtle.deriveBits(algorithm, key, length * 8))
    },
  }
}
