import { bindFiles, type FileSource } from '../codec/stored-file.js'
import type { IndexRow } from '../index/index-entry.js'
import type { IndexSet } from '../index/index-set.js'
import { copyValue } from '../primitives/copy-value.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import { parseQuery } from './query-request.js'
import type { QueryResult, QueryRow } from './query-types.js'
import { readIndex } from './read-index.js'
import { readRows } from './read-rows.js'
import { rememberPlace } from './row-place.js'

/**
 * Answers a query from an index: builds it at first use, else brings it up to date, and decodes only the
 * documents it returns. The rows are of one moment, that of `clock`, whatever is written meanwhile (L6).
 *
 * Rejects with `INVALID_QUERY` or `INVALID_OPTION` for arguments that make no sense, and with `ABORTED` when the
 * signal fires.
 */
export async function runQuery(indexes: IndexSet, index: unknown, options?: unknown): Promise<PlainResult> {
  const request = parseQuery(index, options)
  const { plan, includeDocs } = request
  return readIndex(indexes, request, async snapshot => {
    const found = await readRows(snapshot, plan, includeDocs)
    const rows = found.map(row => toRow(row, includeDocs, indexes.files))
    const docs = includeDocs ? rows.map(row => row.doc) : []
    return { rows, docs, clock: snapshot.clock, skipped: await snapshot.skipped }
  })
}

type PlainRow = QueryRow<PlainDocument>
type PlainResult = QueryResult<PlainDocument>

function toRow([entryKey, entry]: IndexRow, includeDocs: boolean, files: FileSource | undefined): PlainRow {
  const { id, siblings } = entry
  // What is in the index is shared; what a query returns belongs to the caller.
  const row = { key: copyValue(entry.key), id, value: copyValue(entry.value) } as PlainRow
  // Assigned, not spread: a row without `doc` has no such key, and one with it stays cheap to make.
  if (includeDocs) Object.assign(row, { doc: bindFiles((entry.document as StoredDocument).copy(), files) })
  if (siblings > 1) rememberPlace(row, entryKey)
  return row
}
