import { concatBytes } from '../primitives/bytes.js'
import { findNodeCrypto, type NodeCrypto } from './node-crypto.js'
import { mustGetSubtle } from './subtle.js'

export const TAG_BYTES = 16

/** A 256-bit key for AES-GCM. Ciphertexts end in their 16-byte tag. */
export interface AesGcmKey {
  encrypt(nonce: Uint8Array, boundData: Uint8Array, plaintext: Uint8Array): Uint8Array | Promise<Uint8Array>
  /** Fails, with whatever error, unless everything is as it was when it was encrypted. */
  decrypt(nonce: Uint8Array, boundData: Uint8Array, ciphertext: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** The key over Node's crypto where there is one, else over WebCrypto; tests give `null` to have the latter. */
export async function importAesGcmKey(
  raw: Uint8Array,
  node: NodeCrypto | null | undefined = findNodeCrypto(),
): Promise<AesGcmKey> {
  if (node) return new NodeKey(node, raw.slice())
  const subtle = mustGetSubtle()
  const key = await subtle.importKey('raw', raw as BufferSource, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return new WebCryptoKey(subtle, key)
}

class WebCryptoKey implements AesGcmKey {
  readonly #subtle: SubtleCrypto
  readonly #key: CryptoKey

  constructor(subtle: SubtleCrypto, key: CryptoKey) {
    this.#subtle = subtle
    this.#key = key
  }

  async encrypt(nonce: Uint8Array, boundData: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
    const algorithm = parameters(nonce, boundData)
    return new Uint8Array(await this.#subtle.encrypt(algorithm, this.#key, plaintext as BufferSource))
  }

  async decrypt(nonce: Uint8Array, boundData: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array> {
    const algorithm = parameters(nonce, boundData)
    return new Uint8Array(await this.#subtle.decrypt(algorithm, this.#key, ciphertext as BufferSource))
  }
}

function parameters(nonce: Uint8Array, boundData: Uint8Array): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce as BufferSource, additionalData: boundData as BufferSource }
}

class NodeKey implements AesGcmKey {
  readonly #node: NodeCrypto
  readonly #key: Uint8Array

  constructor(node: NodeCrypto, key: Uint8Array) {
    this.#node = node
    this.#key = key
  }

  encrypt(nonce: Uint8Array, boundData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const cipher = this.#node.createCipheriv('aes-256-gcm', this.#key, nonce)
    cipher.setAAD(boundData)
    return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
  }

  decrypt(nonce: Uint8Array, boundData: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const end = ciphertext.length - TAG_BYTES
    if (end < 0) throw new RangeError('there is no tag')
    const cipher = this.#node.createDecipheriv('aes-256-gcm', this.#key, nonce)
    cipher.setAAD(boundData)
    cipher.setAuthTag(ciphertext.subarray(end))
    return concatBytes(cipher.update(ciphertext.subarray(0, end)), cipher.final())
  }
}
