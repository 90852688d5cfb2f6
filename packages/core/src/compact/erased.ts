import type { CID, CidKey } from '../codec/cid.js'

/** Bodies to erase, by key. */
export type Erased = ReadonlyMap<CidKey, CID>
