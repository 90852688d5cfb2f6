import type { IndexEntry } from '../index/index-entry.js'
import type { IndexSet } from '../index/index-set.js'
import type { PlainDocument } from '../state/stored-document.js'
import { parseQuery } from './query-request.js'
import type { QueryResult, QueryRow } from './query-types.js'
import { readEntries } from './read-entries.js'
import { rememberPlace } from './row-place.js'

/**
 * Answers a query from an index: builds it at first use, else brings it up to date, and decodes only the
 * documents it returns. The rows are of one moment, that of `clock`, whatever is written meanwhile (L6).
 *
 * Rejects with `INVALID_QUERY` or `INVALID_OPTION` for arguments that make no sense.
 */
export async function runQuery(indexes: IndexSet, index: unknown, options?: unknown): Promise<PlainResult> {
  const { definition, plan, includeDocs } = parseQuery(index, options)
  const shared = indexes.acquire(definition)
  try {
    await shared.ready(definition)
    const { entries, skipped } = shared.read()
    const { clock } = indexes
    const rows: PlainRow[] = []
    for (const [entryKey, entry] of readEntries(entries, plan)) rows.push(toRow(entryKey, entry, includeDocs))
    return { rows, docs: includeDocs ? rows.map(row => row.doc) : [], clock, skipped }
  } finally {
    indexes.release(shared)
  }
}

type PlainRow = QueryRow<PlainDocument>
type PlainResult = QueryResult<PlainDocument>

function toRow(entryKey: string, entry: IndexEntry, includeDocs: boolean): PlainRow {
  const { document, siblings } = entry
  const row = { key: ownCopy(entry.key), id: document.id, value: ownCopy(entry.value) }
  // Assigned, not spread: a row without `doc` has no such key, and one with it stays cheap to make.
  const whole = (includeDocs ? Object.assign(row, { doc: document.copy() }) : row) as PlainRow
  if (siblings > 1) rememberPlace(whole, entryKey)
  return whole
}

/** What is in the index is shared; what a query returns belongs to the caller. */
function ownCopy<T>(value: T): T {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value
}
