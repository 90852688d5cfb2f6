/** A private Ed25519 key that signs and does nothing else. */
export interface SigningKey {
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Promise<Uint8Array>
}

/**
 * What does the arithmetic of Ed25519 on this runtime.
 *
 * Trap: `checkEquation` alone is no verdict. It is called with encodings that passed `isStrictEncoding`; it
 * answers whether the key is a point and bytes([S]B − [k]A) = R, without the cofactor (L12).
 */
export interface Ed25519Engine {
  importSigningKey(seed: Uint8Array): Promise<SigningKey>
  checkEquation(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
}
