import { decodeIndexKey, encodeIndexKey, type IndexKey } from '../codec/index-key.js'
import { FirekeepError } from '../errors.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import type { IndexDefinition } from './definition.js'
import { entryKey, type IndexEntry } from './index-entry.js'

/** What one document contributes to an index. */
export interface MappedDocument {
  readonly entries: readonly (readonly [entryKey: string, entry: IndexEntry])[]
  /** Rows left out: keys that are none, or the whole document where it could not be decoded or mapped. */
  readonly skipped: number
  /** What the map function threw. */
  readonly error?: FirekeepError
}

/**
 * Runs an index definition on one document. Never throws: a document that does not decode (L12), or for which
 * the map function throws, has no rows and counts as one skipped.
 */
export function mapDocument(definition: IndexDefinition, document: StoredDocument): MappedDocument {
  let doc: PlainDocument
  try {
    doc = document.copy()
  } catch {
    return SKIPPED
  }
  const emitted: Emitted[] = []
  let skipped = 0
  try {
    definition.emitRows(doc, (key, value) => {
      const indexKey = encodeIndexKey(key)
      if (indexKey === undefined) skipped += 1
      else emitted.push({ indexKey, key: ownKey(indexKey, key), value: ownValue(value) })
    })
  } catch (cause) {
    return { ...SKIPPED, error: mapFailed(document.id, cause) }
  }
  return { entries: emitted.map((row, i) => toEntry(row, i, document, emitted.length)), skipped }
}

const SKIPPED: MappedDocument = { entries: [], skipped: 1 }

interface Emitted {
  readonly indexKey: string
  readonly key: IndexKey
  readonly value: unknown
}

function toEntry(row: Emitted, emitNumber: number, document: StoredDocument, siblings: number) {
  const entry: IndexEntry = { key: row.key, value: row.value, document, siblings }
  return [entryKey(row.indexKey, document.id, emitNumber), entry] as const
}

/** Entries are shared by all readers of the index, so they hold frozen copies of what the user emitted. */
function ownKey(indexKey: string, key: unknown): IndexKey {
  if (typeof key === 'object' || key === 0) return deepFreeze(decodeIndexKey(indexKey))
  return key as IndexKey
}

function ownValue(value: unknown): unknown {
  if (value === undefined) return null
  return typeof value === 'object' || typeof value === 'function' ? deepFreeze(structuredClone(value)) : value
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}

function mapFailed(id: string, cause: unknown): FirekeepError {
  const message = `a map function threw for document "${id}": it, and others like it, are left out of the index`
  return new FirekeepError('INVALID_QUERY', `${message} and counted in \`skipped\``, {
    cause,
    details: { id },
  })
}
