import { textToOrderedKey } from '../primitives/bytes.js'
import { differingFields } from '../primitives/differing-fields.js'
import { equalValues } from '../primitives/equal-values.js'
import { HistoryReader } from '../state/history-reader.js'
import type { View } from '../state/view.js'
import { findBase } from './conflict-base.js'
import type { ConflictIds } from './conflict-ids.js'
import type { ConflictRecord, VersionRecord } from './conflict-record.js'
import { leavesOf, readVersion } from './conflict-versions.js'

/** Documents that are read at once: they share walks through the history. */
const TOGETHER = 16

/** The unresolved conflicts of a view in id order, those behind an id: the cost follows the documents with several leaves. */
export async function* listConflicts(
  view: View,
  conflictIds: ConflictIds,
  after?: string,
): AsyncGenerator<ConflictRecord, void> {
  const keyed = [...(await conflictIds.in(view))].map(id => ({ id, key: textToOrderedKey(id) }))
  const start = after === undefined ? undefined : textToOrderedKey(after)
  const rest = start === undefined ? keyed : keyed.filter(({ key }) => key > start)
  const reader = new HistoryReader(view)
  const ids = rest.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ id }) => id)
  for (let i = 0; i < ids.length; i += TOGETHER) {
    const read = ids.slice(i, i + TOGETHER).map(id => readConflict(reader, id))
    // In order, so that what was read before a failure is delivered before it.
    for (const result of await Promise.allSettled(read)) {
      if (result.status === 'rejected') throw result.reason
      if (result.value !== undefined) yield result.value
    }
  }
}

/**
 * The conflict of one document: more than one leaf, not all deleted, and not all equal in content. `undefined` where there
 * is none. A version that cannot be shown is left out, and so is a document of which fewer than two remain (L12).
 */
export async function readConflict(reader: HistoryReader, id: string): Promise<ConflictRecord | undefined> {
  const leaves = await leavesOf(reader, id)
  if (leaves.length < 2) return undefined
  const records = await Promise.all(leaves.map(leaf => readVersion(reader, leaf)))
  const versions = records.filter(record => record !== undefined)
  if (versions.every(version => isSame(version, versions[0] as VersionRecord))) return undefined
  const shown = leaves.filter((_, i) => records[i] !== undefined)
  const base = await findBase(reader, id, shown)
  return {
    id,
    versions,
    base: base && (await readVersion(reader, base)),
    fields: Object.freeze(fieldsOf(versions)),
  }
}

function isSame({ document: a }: VersionRecord, { document: b }: VersionRecord): boolean {
  return a === undefined || b === undefined ? a === b : equalValues(a.shared(), b.shared())
}

/** Of a deletion there are no fields to compare: that it is one stands for itself. */
function fieldsOf(versions: readonly VersionRecord[]): string[] {
  const documents = versions.flatMap(({ document }) => (document === undefined ? [] : [document.shared()]))
  const [first, ...others] = documents
  const fields = new Set(others.flatMap(other => differingFields(first as object, other)))
  if (documents.length < versions.length) fields.add('_deleted')
  return [...fields].sort()
}
