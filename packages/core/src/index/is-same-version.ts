import type { CID } from '../codec/cid.js'
import { equalBytes } from '../primitives/bytes.js'

/** Whether both name the same commit, or both none. The ids may be different objects: pages are read again. */
export function isSameVersion(a: CID | undefined, b: CID | undefined): boolean {
  if (a === b) return true
  return a !== undefined && b !== undefined && equalBytes(a.multihash.digest, b.multihash.digest)
}
