import type { CID } from '../codec/cid.js'
import { isConflicted } from '../state/conflicts.js'
import type { DocumentEntry, Leaf } from '../state/leaf.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'

/** A document with versions that were written apart, the winner first. */
export interface ConflictRecord {
  readonly id: string
  readonly winner: VersionRecord
  readonly versions: readonly VersionRecord[]
}

export interface VersionRecord {
  readonly doc: PlainDocument
  /** The commit that made it, as a clock. */
  readonly clock: readonly string[]
}

/** The conflicts of one view, in id order. Documents belong to the caller. */
export function* listConflicts(view: View): Iterable<ConflictRecord> {
  for (const entry of view.docs.values()) {
    if (entry.leaves.length > 1 && isConflicted(entry)) yield toRecord(entry)
  }
}

function toRecord({ id, leaves }: DocumentEntry): ConflictRecord {
  const versions = leaves.map(leaf => ({ doc: contentOf(id, leaf), clock: clockOf(leaf.commit) }))
  return { id, winner: versions[0] as VersionRecord, versions }
}

function contentOf(id: string, leaf: Leaf): PlainDocument {
  return leaf.document?.copy() ?? { _id: id, _deleted: true }
}

function clockOf(commit: CID): readonly string[] {
  return Object.freeze([commit.toString()])
}
