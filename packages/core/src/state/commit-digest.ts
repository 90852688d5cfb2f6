import { DAG_CBOR } from '../codec/block.js'
import { type CID, type CidKey, cidToKey, createCid } from '../codec/cid.js'
import { binaryToBytes } from '../primitives/bytes.js'

/** Bytes of a SHA-256 digest, all that tells one commit from another: what comes before is the same for each. */
export const DIGEST_BYTES = 32

const PREFIX = cidToKey(createCid(DAG_CBOR, new Uint8Array(DIGEST_BYTES))).slice(0, -DIGEST_BYTES)

/** The key of the commit with this digest, without its CID, which costs ten times as much to make. */
export function digestToCommitKey(digest: Uint8Array): CidKey {
  return (PREFIX + String.fromCharCode.apply(null, digest as unknown as number[])) as CidKey
}

/** The digest behind {@link digestToCommitKey}. */
export function commitKeyToDigest(key: CidKey): Uint8Array {
  return binaryToBytes(key.slice(PREFIX.length))
}

export function commitKeyToCid(key: CidKey): CID {
  return createCid(DAG_CBOR, commitKeyToDigest(key))
}
