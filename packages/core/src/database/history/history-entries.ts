import { bindFiles } from '../../codec/stored-file.js'
import { listAnew } from '../../history/list-anew.js'
import { type CommitEntry, listCommits } from '../../history/list-commits.js'
import type { ListOptions } from '../../history/list-options.js'
import { listVersions, type VersionRecord } from '../../history/list-versions.js'
import type { PlainDocument } from '../../state/stored-document.js'
import type { View } from '../../state/view.js'
import type { Engine } from '../engine.js'
import type { HistoryCommit, HistoryVersion } from './history-types.js'

/** What to list of a history, checked. */
export interface HistoryRequest {
  /** The engine; throws once the handle is closed. */
  readonly use: () => Engine
  readonly after: readonly string[] | undefined
  readonly limit: number
  readonly signal: AbortSignal | undefined
}

/** All commits, newest first. */
export async function* listHistory(request: HistoryRequest): AsyncGenerator<HistoryCommit, void> {
  for await (const { place, ...entry } of listOf(request, listCommits)) yield entry
}

/** The versions of a document, newest first. */
export async function* listDocumentHistory(
  request: HistoryRequest,
  id: string,
): AsyncGenerator<HistoryVersion<PlainDocument>, void> {
  for await (const record of listOf(request, (view, options) => listVersions(view, id, options)))
    yield toVersion(request.use(), id, record)
}

function listOf<T extends VersionRecord | CommitEntry>(
  { use, after, limit, signal }: HistoryRequest,
  list: (view: View, options: ListOptions) => AsyncIterable<T>,
): AsyncIterable<T> {
  const view = async () => use().view()
  const refresh = async () => (await use().open()).ledger.refresh()
  return listAnew({ list, view, refresh, assertOpen: use, after, limit, signal })
}

function toVersion({ files }: Engine, id: string, record: VersionRecord): HistoryVersion<PlainDocument> {
  const { clock, document, author, time, parents, isCurrent } = record
  const doc = document === null ? { _id: id, _deleted: true as const } : document
  return { clock, doc: bindFiles(doc, files), author, time, parents, current: isCurrent }
}
