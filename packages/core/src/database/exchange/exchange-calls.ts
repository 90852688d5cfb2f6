/** What the calls of a handle do that check, hand out or take in a whole database. What does the work loads when it is called. */
import { assertDocumentId } from '../../codec/document-id.js'
import type { CompactReport } from '../../compact/compactor.js'
import { toByteStream } from '../../exchange/to-byte-stream.js'
import { readAsOf } from '../../query/as-of.js'
import { CheckedOptions } from '../../query/checked-options.js'
import { readArchiveOptions, readCompactOptions, readWorkOptions } from '../call-options.js'
import type { Clock } from '../document-types.js'
import type { Engine } from '../engine.js'
import type { ImportReport, Proof, VerifyReport } from './exchange-types.js'

export async function compactDatabase(engine: Engine, options: unknown): Promise<CompactReport> {
  const { signal, onProgress, before, archive } = readCompactOptions(options)
  if (archive !== undefined) {
    const { ARCHIVE_PART } = await import('../archive-part.js')
    return ARCHIVE_PART.archiveAndPrune(engine, { archive, before, signal, onProgress })
  }
  await engine.view()
  const { compactor } = await engine.open()
  const report = await compactor.compact({ all: true, signal, onProgress })
  await engine.queries?.indexes.persist()
  return report
}

export async function verifyDatabase(engine: Engine, options: unknown): Promise<VerifyReport> {
  const { signal, onProgress } = readWorkOptions(options)
  const { ARCHIVE_PART } = await import('../archive-part.js')
  return ARCHIVE_PART.verify(engine, { signal, onProgress })
}

export async function proveDocument(engine: Engine, id: unknown, options: unknown): Promise<Proof> {
  new CheckedOptions(options, ['asOf'])
  assertDocumentId(id)
  const { ARCHIVE_PART } = await import('../archive-part.js')
  return ARCHIVE_PART.proofOf(engine, id, readAsOf(options))
}

export function exportDatabase(engine: Engine, options: unknown): ReadableStream<Uint8Array> {
  const request = readArchiveOptions(options)
  const called = laterUse(engine.view())
  return toByteStream(async () => {
    const { ARCHIVE_PART } = await import('../archive-part.js')
    return ARCHIVE_PART.exportArchive(engine, called, request)
  })
}

export async function importDatabase(
  engine: Engine,
  source: unknown,
  options: unknown,
): Promise<ImportReport> {
  const { signal, onProgress } = readWorkOptions(options)
  const { ARCHIVE_PART } = await import('../archive-part.js')
  return ARCHIVE_PART.importArchive(engine, source, { signal, onProgress })
}

export function exportDocuments(engine: Engine, options: unknown): ReadableStream<Uint8Array> {
  new CheckedOptions(options, ['asOf'])
  const called = laterUse(Promise.resolve(engine.readAt(readAsOf(options), view => view)))
  return toByteStream(async () => {
    const { ARCHIVE_PART } = await import('../archive-part.js')
    return ARCHIVE_PART.exportJson(engine, called)
  })
}

export async function importDocuments(
  engine: Engine,
  source: unknown,
  options: unknown,
): Promise<{ documents: number; clock: Clock }> {
  const { signal, onProgress } = readWorkOptions(options)
  const { ARCHIVE_PART } = await import('../archive-part.js')
  return ARCHIVE_PART.importJson(engine, source, { signal, onProgress })
}

/** A promise that is awaited when somebody wants to know: until then nobody need hear that it failed. */
function laterUse<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
