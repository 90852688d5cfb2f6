import type { Block } from '../codec/block.js'
import type { CID, CidKey } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { type DocumentRecord, encodeDocumentRecord, type LeafRecord } from './document-record.js'
import { compareLeaves } from './leaf.js'

/** Reads the content of a version by its id. */
export type BodyOf = (cid: CID) => MaybePromise<Uint8Array>

/** What one state says of a document, and which commits only this state's history has. */
export interface DocumentSide {
  readonly record: DocumentRecord
  readonly own: ReadonlySet<CidKey>
}

/** A document of the union of two histories. */
export interface MergedDocument {
  /** The value in the `docs` tree. */
  readonly bytes: Uint8Array
  /** Contents that only a tree held, of versions that win no longer: from now on they have to lie in a pack. */
  readonly displaced: readonly Block[]
}

/**
 * Merges what two states say of one document. A version is a leaf iff it is one in every side whose history
 * contains it. `bodyOf` is asked only where a version wins that won in neither.
 *
 * The content of a version that wins no longer is displaced only where the other side does not know that version.
 * It cannot be the winner of both: leaves only go, and what beats it would beat it in its own side. And a side that
 * knows it otherwise has its content in its packs already, or has erased it, and then it must not come back.
 */
export function mergeDocument(
  a: DocumentSide,
  b: DocumentSide,
  bodyOf: BodyOf,
): MaybePromise<MergedDocument> {
  const leaves = mergeLeaves(a, b)
  const winner = leaves[0]
  // Some version of the union is named by none, as what counts names ancestors only.
  if (winner === undefined) throw new FirekeepError('CORRUPT', 'two snapshots contradict each other')
  const displaced = [...displacedBy(winner, a), ...displacedBy(winner, b)]
  return whenReady(contentOf(winner, [a.record, b.record], bodyOf), body => ({
    bytes: encodeDocumentRecord(leaves, body),
    displaced,
  }))
}

function mergeLeaves(a: DocumentSide, b: DocumentSide): LeafRecord[] {
  const inA = new Set(a.record.leaves.map(leaf => leaf.key))
  const inB = new Set(b.record.leaves.map(leaf => leaf.key))
  const fromA = a.record.leaves.filter(({ key }) => inB.has(key) || a.own.has(key))
  const fromB = b.record.leaves.filter(({ key }) => !inA.has(key) && b.own.has(key))
  return [...fromA, ...fromB].sort(compareLeaves)
}

/** The winner's content, `undefined` where it stands in no tree: of a deletion, or too long for one. */
function contentOf(
  winner: LeafRecord,
  records: readonly DocumentRecord[],
  bodyOf: BodyOf,
): MaybePromise<Uint8Array | undefined> {
  const wonIn = records.find(({ leaves }) => leaves[0]?.key === winner.key)
  if (wonIn !== undefined) return wonIn.body
  return winner.body === null ? undefined : bodyOf(winner.body)
}

function displacedBy(winner: LeafRecord, { record, own }: DocumentSide): Block[] {
  const [leaf] = record.leaves as readonly [LeafRecord]
  if (record.body === undefined || leaf.key === winner.key || !own.has(leaf.key)) return []
  return [{ cid: leaf.body as CID, bytes: record.body }]
}
