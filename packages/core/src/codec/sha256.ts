import { sha256 } from '@noble/hashes/sha2.js'
import { findBuiltInModule } from '../primitives/find-built-in-module.js'

/** A SHA-256 that is fed piece by piece. */
export interface Sha256 {
  update(bytes: Uint8Array): void
  /** Ends it. */
  digest(): Uint8Array
}

/** The part of `node:crypto` that is used here. */
export interface NodeHashes {
  createHash(algorithm: 'sha256'): { update(data: Uint8Array): unknown; digest(): Uint8Array }
}

const nodeHashes = findBuiltInModule<NodeHashes>('node:crypto') ?? null

/** WebCrypto takes whole values only, so where there is no Node it is computed here. Tests give `null` to have that. */
export function createSha256(node: NodeHashes | null = nodeHashes): Sha256 {
  const hash = node?.createHash('sha256') ?? sha256.create()
  return {
    update(bytes) {
      hash.update(bytes)
    },
    digest: () => new Uint8Array(hash.digest()),
  }
}
