import { decodeIndexKey, encodeIndexKey, type IndexKey } from '../codec/index-key.js'
import { FirekeepError } from '../errors.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import type { IndexDefinition } from './definition.js'
import { deepFreeze, ownEmittedValue } from './emitted-value.js'
import { entryKey, type IndexEntry, type IndexRow } from './index-entry.js'

/** What one document contributes to an index. */
export interface MappedDocument {
  readonly rows: readonly IndexRow[]
  /** Rows left out: keys that are none, or the whole document where it could not be decoded or mapped. */
  readonly skipped: number
  /** What the map function threw, or that it emitted a value that no document may hold. */
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
  const emitted = new EmittedRows()
  try {
    definition.emitRows(doc, emitted.emit)
    emitted.check()
  } catch (cause) {
    return { ...SKIPPED, error: mapFailed(document.id, cause) }
  }
  const { rows, skipped } = emitted
  return { rows: rows.map((row, i) => toRow(row, i, document, rows.length)), skipped }
}

const SKIPPED: MappedDocument = { rows: [], skipped: 1 }

interface Emitted {
  readonly indexKey: string
  readonly key: IndexKey
  readonly value: unknown
}

class EmittedRows {
  readonly rows: Emitted[] = []
  skipped = 0
  /** Kept, as the map function may catch what `emit` throws. */
  #failure: { readonly cause: unknown } | undefined

  readonly emit = (key: unknown, value: unknown): void => {
    const indexKey = encodeIndexKey(key)
    if (indexKey === undefined) {
      this.skipped += 1
      return
    }
    try {
      this.rows.push({ indexKey, key: ownKey(indexKey, key), value: ownEmittedValue(value) })
    } catch (cause) {
      this.#failure = { cause }
      throw cause
    }
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure.cause
  }
}

function toRow(row: Emitted, emitNumber: number, document: StoredDocument, siblings: number): IndexRow {
  const { id, version } = document
  const entry: IndexEntry = { key: row.key, value: row.value, id, version, document, siblings }
  return [entryKey(row.indexKey, id, emitNumber), entry]
}

/** Entries are shared by all readers of the index, so they hold frozen copies of what the user emitted. */
function ownKey(indexKey: string, key: unknown): IndexKey {
  if (typeof key === 'object' || key === 0) return deepFreeze(decodeIndexKey(indexKey))
  return key as IndexKey
}

function mapFailed(id: string, cause: unknown): FirekeepError {
  const message = `a map function threw for document "${id}": it, and others like it, are left out of the index`
  return new FirekeepError('INVALID_QUERY', `${message} and counted in \`skipped\``, {
    cause,
    details: { id },
  })
}
