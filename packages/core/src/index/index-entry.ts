import type { CID } from '../codec/cid.js'
import type { IndexKey } from '../codec/index-key.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import type { StoredDocument } from '../state/stored-document.js'

/** One row of an index. Immutable and shared; objects in it are frozen. */
export interface IndexEntry {
  readonly key: IndexKey
  /** What was emitted with the key, else `null`. */
  readonly value: unknown
  /** The id of the document. */
  readonly id: string
  /** The commit that made the version of the document. */
  readonly version: CID
  /** The document; `undefined` where it is too large to lie in the stored index. */
  readonly document: StoredDocument | undefined
  /** How many rows the document has in this index. */
  readonly siblings: number
}

/** An entry and where it stands. */
export type IndexRow = readonly [entryKey: string, entry: IndexEntry]

/**
 * Where an entry stands in the index: by key, then id, then emit number (DESIGN §8), as a binary string.
 * Index keys are self-delimiting; the id ends in a zero, and zeros within are escaped by an FF that no emit
 * number starts with.
 */
export function entryKey(indexKey: string, id: string, emitNumber: number): string {
  return entryKeyStart(indexKey, id) + (emitNumber === 0 ? '\0\0\0\0' : uint32(emitNumber))
}

/** The part of an index that holds the entries of one document under one index key. */
export function entryRange(indexKey: string, id: string): { readonly from: string; readonly to: string } {
  const from = entryKeyStart(indexKey, id)
  // Ends below an FF, not behind everything: a zero and FF begin the rest of a longer id.
  return { from, to: `${from}\xff` }
}

/** Sorts behind every continuation of a binary string, as it is greater than any byte. */
export const AFTER_ALL = '\u0100'

function uint32(value: number): string {
  return String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}

function entryKeyStart(indexKey: string, id: string): string {
  const orderedId = textToOrderedKey(id)
  return `${indexKey}${orderedId.includes('\0') ? orderedId.replaceAll('\0', '\0\xff') : orderedId}\0`
}
