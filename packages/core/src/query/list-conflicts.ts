import { hasErrorCode } from '../errors.js'
import { isConflicted } from '../state/conflicts.js'
import type { Leaf } from '../state/leaf.js'
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

/**
 * The conflicts of one view, in id order. Documents belong to the caller. A version that does not decode is left
 * out, and so is a document of which fewer than two remain (L12).
 */
export function* listConflicts(view: View): Iterable<ConflictRecord> {
  for (const entry of view.docs.values()) {
    if (entry.leaves.length < 2 || !isConflicted(entry)) continue
    const versions = entry.leaves.flatMap(leaf => toVersion(entry.id, leaf) ?? [])
    const [winner] = versions
    if (winner !== undefined && versions.length > 1) yield { id: entry.id, winner, versions }
  }
}

function toVersion(id: string, { commit, document }: Leaf): VersionRecord | undefined {
  const clock = Object.freeze([commit.toString()])
  try {
    return { doc: document?.copy() ?? { _id: id, _deleted: true }, clock }
  } catch (error) {
    if (hasErrorCode(error, 'CORRUPT')) return undefined
    throw error
  }
}
