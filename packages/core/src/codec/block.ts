import { sha256 } from '@noble/hashes/sha2.js'
import { FirekeepError } from '../errors.js'
import { equalBytes } from '../primitives/bytes.js'
import { findBuiltInModule } from '../primitives/find-built-in-module.js'
import { type CID, createCid, isSha256Cid } from './cid.js'

/** Multicodec code of DAG-CBOR: commit blocks and tree nodes. */
export const DAG_CBOR = 0x71
/** Multicodec code of DAG-JSON: document bodies. */
export const DAG_JSON = 0x0129
/** Multicodec code of raw bytes: file chunks. */
export const RAW = 0x55

/** Bytes with their content id. Immutable: never write to the bytes. */
export interface Block {
  readonly cid: CID
  readonly bytes: Uint8Array
}

/** Below this size hashing in JavaScript costs less than the round trip to WebCrypto. */
const SYNC_LIMIT = 4096

/** Node hashes at once and fast, whatever the size. */
const nodeCrypto = findBuiltInModule<NodeCrypto>('node:crypto')

/** The part of `node:crypto` that is used here. */
interface NodeCrypto {
  createHash(algorithm: 'sha256'): { update(data: Uint8Array): { digest(): Uint8Array } }
}

/** The block of these bytes in this codec. Synchronous below 4 KiB, and in Node. */
export function hashBlock(codec: number, bytes: Uint8Array): Block | Promise<Block> {
  const digest = hash(bytes)
  if (digest instanceof Uint8Array) return { cid: createCid(codec, digest), bytes }
  return digest.then(digest => ({ cid: createCid(codec, digest), bytes }))
}

/**
 * Checks the bytes of a block against its id (L7); every block passes here once, where it enters. Synchronous
 * below 4 KiB. `CORRUPT` when they differ, or when the id is not a CIDv1 of SHA-256.
 */
export function verifyBlock(block: Block): void | Promise<void> {
  if (!isSha256Cid(block.cid)) throw mismatch(block.cid)
  const digest = hash(block.bytes)
  if (digest instanceof Uint8Array) return requireDigest(block.cid, digest)
  return digest.then(digest => requireDigest(block.cid, digest))
}

function hash(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
  if (nodeCrypto !== undefined) return new Uint8Array(nodeCrypto.createHash('sha256').update(bytes).digest())
  // An insecure context has no `subtle`; hashing goes on without, opening a seal is what refuses it.
  const subtle = globalThis.crypto?.subtle
  if (bytes.length < SYNC_LIMIT || subtle === undefined) return sha256(bytes)
  return subtle.digest('SHA-256', bytes as BufferSource).then(digest => new Uint8Array(digest))
}

function requireDigest(cid: CID, digest: Uint8Array): void {
  if (!equalBytes(cid.multihash.digest, digest)) throw mismatch(cid)
}

function mismatch(cid: CID): FirekeepError {
  return new FirekeepError('CORRUPT', `the bytes of block ${cid} do not match its id`, {
    details: { cid: cid.toString() },
  })
}
