import type { ConflictRecord, VersionRecord } from '../../history/conflict-record.js'
import type { PlainDocument, StoredDocument } from '../../state/stored-document.js'
import type { Conflict, ConflictVersion } from './conflict-types.js'

/** Makes of a stored document what a caller gets. */
type Read = (document: StoredDocument) => PlainDocument

/** A conflict as callers see it; the object itself never changes. */
export function toConflict(record: ConflictRecord, read: Read): Conflict<PlainDocument> {
  const { id, base, fields } = record
  const versions = Object.freeze(record.versions.map(version => toConflictVersion(id, version, read)))
  return Object.freeze({
    id,
    winner: versions[0] as ConflictVersion<PlainDocument>,
    versions,
    ...(base && { base: toConflictVersion(id, base, read) }),
    fields,
  })
}

export function toConflictVersion(
  id: string,
  { document, clock, author, time }: VersionRecord,
  read: Read,
): ConflictVersion<PlainDocument> {
  const doc = document === undefined ? { _id: id, _deleted: true as const } : read(document)
  return Object.freeze({ doc, clock, author, time })
}
