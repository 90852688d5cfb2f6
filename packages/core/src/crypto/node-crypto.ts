import { findBuiltInModule } from '../primitives/find-built-in-module.js'

/** The part of `node:crypto` that is used here. */
export interface NodeCrypto {
  createPrivateKey(key: { readonly key: Uint8Array; readonly format: 'der'; readonly type: 'pkcs8' }): object
  sign(algorithm: null, data: Uint8Array, key: object): Uint8Array
  createCipheriv(
    algorithm: 'aes-256-gcm',
    key: Uint8Array,
    iv: Uint8Array,
  ): Cipher & { getAuthTag(): Uint8Array }
  createDecipheriv(
    algorithm: 'aes-256-gcm',
    key: Uint8Array,
    iv: Uint8Array,
  ): Cipher & { setAuthTag(tag: Uint8Array): unknown }
}

interface Cipher {
  setAAD(data: Uint8Array): unknown
  update(data: Uint8Array): Uint8Array
  final(): Uint8Array
}

/**
 * Node's own crypto, or `undefined` elsewhere. It computes what WebCrypto does, at once: for small data the way
 * to WebCrypto's threads and back takes longer than the work, and much longer on a busy machine.
 */
export function findNodeCrypto(): NodeCrypto | undefined {
  return findBuiltInModule<NodeCrypto>('node:crypto')
}
