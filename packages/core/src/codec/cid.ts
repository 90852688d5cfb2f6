import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { FirekeepError } from '../errors.js'

export { CID }

/**
 * The bytes of a CID as a string of char codes 0–255: equal for equal CIDs, ordered by `<` as the bytes are,
 * and usable as a map key. Made only by {@link cidToKey}.
 */
export type CidKey = string & { readonly __brand: 'CidKey' }

/** The {@link CidKey} of a CID. Made anew each time: that costs less than remembering it. */
export function cidToKey(cid: CID): CidKey {
  return String.fromCharCode.apply(null, cid.bytes as unknown as number[]) as CidKey
}

/** Byte order of CIDs: the only order Firekeep uses. */
export function compareCids(a: CID, b: CID): number {
  const x = cidToKey(a)
  const y = cidToKey(b)
  return x < y ? -1 : x > y ? 1 : 0
}

/** Parses the text form of a CID. `INVALID_OPTION` when it is none. */
export function parseCid(text: unknown): CID {
  try {
    return CID.parse(text as string)
  } catch (cause) {
    throw new FirekeepError('INVALID_OPTION', `not a content id: ${String(text)}`, { cause })
  }
}

/** The multihash code of SHA-256, the only hash that Firekeep accepts. */
const SHA2_256 = 0x12

/** The CIDv1 of bytes in this codec with this SHA-256. */
export function createCid(codec: number, sha256Digest: Uint8Array): CID {
  return CID.createV1(codec, createDigest(SHA2_256, sha256Digest))
}

/** Whether a CID is of the one kind that Firekeep uses: version 1, SHA-256. */
export function isSha256Cid(cid: CID): boolean {
  return cid.version === 1 && cid.multihash.code === SHA2_256 && cid.multihash.digest.length === 32
}
