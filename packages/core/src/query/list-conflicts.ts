import { hasErrorCode } from '../errors.js'
import { equalValues } from '../primitives/equal-values.js'
import type { DocumentEntry, Leaf } from '../state/leaf.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
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
 * The documents of one view that have versions written apart and not resolved, in id order: more than one leaf,
 * not all deleted, and not all equal in content. Documents belong to the caller. A version that does not decode
 * is left out, and so is a document of which fewer than two remain (L12).
 */
export async function* listConflicts(view: View): AsyncGenerator<ConflictRecord, void> {
  for await (const page of view.pages()) {
    for (const entry of page) {
      if (entry.leaves.length < 2) continue
      const versions = await readVersions(view, entry)
      const [winner, ...others] = versions
      if (winner === undefined || others.every(({ doc }) => equalValues(winner.doc, doc))) continue
      yield { id: entry.id, winner, versions }
    }
  }
}

async function readVersions(view: View, { id, leaves }: DocumentEntry): Promise<VersionRecord[]> {
  const versions = await Promise.all(
    leaves.map(async leaf => ({ leaf, doc: await readVersion(view, id, leaf) })),
  )
  return versions.flatMap(({ leaf, doc }) =>
    doc === undefined ? [] : [{ doc, clock: Object.freeze([leaf.commit.toString()]) }],
  )
}

async function readVersion(view: View, id: string, leaf: Leaf): Promise<PlainDocument | undefined> {
  try {
    const document: StoredDocument | undefined = await view.documentOf(id, leaf)
    return document?.copy() ?? { _id: id, _deleted: true }
  } catch (error) {
    if (hasErrorCode(error, 'CORRUPT') || hasErrorCode(error, 'PRUNED')) return undefined
    throw error
  }
}
