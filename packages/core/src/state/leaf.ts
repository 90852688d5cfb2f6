import type { CID, CidKey } from '../codec/cid.js'
import type { CommitRef } from '../commits/ancestry.js'
import type { StoredDocument } from './stored-document.js'

/** A version of a document that no counting `prev` names (L2). */
export interface Leaf extends CommitRef {
  readonly commit: CID
  readonly key: CidKey
  readonly height: number
  /** The block with the content; `null` for a deletion. */
  readonly body: CID | null
  readonly purge: boolean
  /** The content where it is at hand: `undefined` for a deletion, and for a body that lies in a pack by itself. */
  readonly document: StoredDocument | undefined
}

/** All leaves of one document; the first is the winner, which every replica shows. Never empty. */
export interface DocumentEntry {
  readonly id: string
  readonly leaves: readonly Leaf[]
}

/**
 * The order of leaves, the winner first: an undeleted leaf beats a deleted one, then greater height, then
 * greater CID bytes. An equal choice for all replicas, not "the newest".
 */
export function compareLeaves(a: LeafRank, b: LeafRank): number {
  const deleted = Number(a.body === null) - Number(b.body === null)
  return deleted || b.height - a.height || (a.key > b.key ? -1 : a.key < b.key ? 1 : 0)
}

/** What decides the order of leaves. */
export type LeafRank = Pick<Leaf, 'key' | 'height' | 'body'>
