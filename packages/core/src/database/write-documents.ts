/** What the writing calls of a handle do with its engine. */
import { assertDocumentId } from '../codec/document-id.js'
import { FirekeepError } from '../errors.js'
import { DocumentDraft } from '../ledger/document-draft.js'
import { runTransaction } from '../ledger/run-transaction.js'
import { toRequest } from '../ledger/to-request.js'
import type { Transaction } from '../ledger/transaction.js'
import { CheckedOptions } from '../query/checked-options.js'
import type { PlainDocument } from '../state/stored-document.js'
import { readPutOptions, withId, withOwnId } from './call-options.js'
import type { BulkResult, PutResult } from './database.js'
import type { Clock } from './document-types.js'
import type { Engine } from './engine.js'
import { hasNoDraft, withStagedFiles } from './files/staged-files.js'
import { writeWithFiles } from './files/write-with-files.js'
import type { Resolve } from './history/resolution.js'

/** What `update` makes of a document. */
export type Change = (doc: PlainDocument | undefined) => unknown

const TIME_LIMIT = 5000

export async function putDocument(engine: Engine, doc: unknown, options: unknown): Promise<PutResult> {
  const { onProgress, ...request } = readPutOptions(options, ['onProgress'])
  const prepared = engine.writer.prepare(doc)
  const { id } = prepared
  if (prepared instanceof DocumentDraft) {
    return { id, clock: await writeWithFiles(engine, [prepared], { ...request, onProgress }) }
  }
  const { op, size } = prepared
  return { id, clock: await engine.queue.write({ ...request, ops: [op], size }) }
}

export async function putDocuments(engine: Engine, docs: unknown): Promise<BulkResult> {
  if (!Array.isArray(docs)) throw new FirekeepError('INVALID_DOCUMENT', 'bulk takes an array of documents')
  const written = docs.map(doc => engine.writer.prepare(doc))
  const lastById = new Map(written.map(each => [each.id, each]))
  const ids = written.map(each => each.id)
  if (written.length === 0) return { ids, clock: (await engine.writableView()).clock }
  const last = [...lastById.values()]
  if (hasNoDraft(last)) return { ids, clock: await engine.queue.write(toRequest(last)) }
  return { ids, clock: await writeWithFiles(engine, last, {}) }
}

export async function deleteDocument(engine: Engine, id: unknown, options: unknown): Promise<PutResult> {
  const { onProgress: _, ...request } = readPutOptions(options)
  assertDocumentId(id)
  return { id, clock: await engine.queue.write({ ...request, ops: [{ id, body: null }], size: 0 }) }
}

export async function updateDocument(
  engine: Engine,
  id: unknown,
  { change, options }: { readonly change: Change; readonly options: unknown },
): Promise<PutResult> {
  assertDocumentId(id)
  const put = async (tx: Transaction) => {
    tx.put(withId(await change(await tx.find(id)), id))
  }
  return { id, clock: (await transact(engine, put, options)).clock }
}

export async function transact<T>(
  engine: Engine,
  change: (tx: Transaction) => T | Promise<T>,
  options: unknown,
): Promise<{ clock: Clock; result: T }> {
  const timeLimit = new CheckedOptions(options, ['timeLimit']).count('timeLimit', TIME_LIMIT)
  const { queue, writer, environment, files } = engine
  const parts = { writer, files, timeLimit, delay: environment.delay }
  return withStagedFiles(engine, store =>
    queue.guarded(view => runTransaction(change, { ...parts, view, store })),
  )
}

/** Supersedes all leaves that were seen. It takes its place in the queue at once, also where a function decides (L9). */
export async function resolveDocument(
  engine: Engine,
  id: unknown,
  { resolution, options }: { readonly resolution: unknown; readonly options: unknown },
): Promise<PutResult> {
  const basedOn = new CheckedOptions(options, ['basedOn']).get('basedOn') as Clock | undefined
  assertDocumentId(id)
  if (typeof resolution !== 'function') {
    const request = { basedOn, resolve: true } as const
    const prepared = engine.writer.prepare(withOwnId(resolution, id))
    if (prepared instanceof DocumentDraft)
      return { id, clock: await writeWithFiles(engine, [prepared], request) }
    return { id, clock: await engine.queue.write({ ...request, ...toRequest([prepared]) }) }
  }
  const parts = { id, resolve: resolution as Resolve, basedOn, timeLimit: TIME_LIMIT }
  const { clock } = await withStagedFiles(engine, store =>
    engine.queue.guarded(async view => {
      const { VERSIONS_PART } = await import('./versions-part.js')
      return VERSIONS_PART.decideResolution(engine, view, { ...parts, store })
    }),
  )
  return { id, clock }
}

export async function purgeDocument(engine: Engine, id: unknown): Promise<PutResult> {
  assertDocumentId(id)
  const { clock } = await engine.queue.guarded(async view => ({
    call: { ops: [{ id, body: null, purge: true as const }], size: 0, seen: view },
    result: undefined,
  }))
  const { compactor } = await engine.open()
  await compactor.compact()
  return { id, clock }
}
