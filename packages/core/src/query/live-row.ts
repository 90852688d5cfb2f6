import { bindFiles, type FileSource } from '../codec/stored-file.js'
import type { IndexEntry, IndexRow } from '../index/index-entry.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { QueryRow } from './query-types.js'
import { rememberPlace } from './row-place.js'

/** Makes the `value` of a row from its entry; the default is what was emitted. */
export type RowValue = (entry: IndexEntry) => unknown

type Row = QueryRow<PlainDocument>

/** A row of a live query: shared and frozen. */
export function toLiveRow(
  [entryKey, entry]: IndexRow,
  includeDocs: boolean,
  rowValue: RowValue,
  files: FileSource | undefined,
): Row {
  const { key, id, document } = entry
  const row = { key, id, value: rowValue(entry) } as Row
  if (includeDocs) Object.assign(row, { doc: bindFiles(document?.shared(), files) })
  if (entry.siblings > 1) rememberPlace(row, entryKey)
  return Object.freeze(row)
}
