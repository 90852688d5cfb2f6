import { toBase32 } from '../primitives/bytes.js'

/**
 * What the keys of records begin with that only one database of a storage uses: its indexes, and what it knows of
 * remotes. Empty for the database that a lineage began with; forks lie beside it in the same storage.
 */
export function recordScope(forkNonce: Uint8Array | undefined): string {
  return forkNonce === undefined ? '' : `fork/${toBase32(forkNonce)}/`
}
