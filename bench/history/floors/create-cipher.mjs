import { randomBytes } from '../../floors/random-bytes.mjs'

const NONCE_BYTES = 12

/**
 * @typedef {object} SealedRecord
 * @property {Uint8Array<ArrayBuffer>} nonce
 * @property {ArrayBuffer} bytes with the tag
 */

/** AES-GCM by WebCrypto, with a key of its own. */
export async function createCipher() {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  return {
    /**
     * @param {Uint8Array<ArrayBuffer>} plaintext
     * @returns {Promise<SealedRecord>}
     */
    async seal(plaintext) {
      const nonce = randomBytes(NONCE_BYTES)
      return { nonce, bytes: await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, plaintext) }
    },
    /** @param {SealedRecord} record */
    open({ nonce, bytes }) {
      return crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, bytes)
    },
  }
}
