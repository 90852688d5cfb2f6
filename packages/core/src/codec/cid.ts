import { CID } from 'multiformats/cid'
import { FirekeepError } from '../errors.js'

export { CID }

/**
 * The bytes of a CID as a string of char codes 0–255: equal for equal CIDs, ordered by `<` as the bytes are,
 * and usable as a map key. Made only by {@link cidToKey}.
 */
export type CidKey = string & { readonly __brand: 'CidKey' }

const keyByCid = new WeakMap<CID, CidKey>()

/** The {@link CidKey} of a CID, remembered per object. */
export function cidToKey(cid: CID): CidKey {
  let key = keyByCid.get(cid)
  if (key === undefined) {
    key = String.fromCharCode(...cid.bytes) as CidKey
    keyByCid.set(cid, key)
  }
  return key
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
