import { FirekeepError, hasErrorCode } from '../../errors.js'
import { readByteSource } from '../../exchange/byte-source.js'
import { lineToDocument } from '../../exchange/document-json.js'
import { badLine, type Line, readLines } from '../../exchange/read-lines.js'
import type { WrittenDocument } from '../../ledger/document-writer.js'
import type { Progress } from '../../primitives/progress.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'
import type { Clock } from '../document-types.js'
import type { Engine } from '../engine.js'

export interface ImportJsonRequest {
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: Progress) => void) | undefined
}

/** Documents of a commit, or bytes of text of them. */
const BATCH = 500
const BATCH_BYTES = 8 * 1024 * 1024

/** Puts the documents of NDJSON, some hundred in a commit. */
export async function importJson(
  engine: Engine,
  source: unknown,
  { signal, onProgress }: ImportJsonRequest,
): Promise<{ readonly documents: number; readonly clock: Clock }> {
  let batch: WrittenDocument[] = []
  let bytes = 0
  let documents = 0
  const flush = async () => {
    if (batch.length === 0) return
    // As in a bulk, the last one of an id counts.
    const lastById = new Map(batch.map(each => [each.id, each.op]))
    const size = batch.reduce((sum, each) => sum + each.size, 0)
    await engine.queue.write({ ops: [...lastById.values()], size })
    documents += batch.length
    batch = []
    bytes = 0
    onProgress?.({ done: documents })
  }
  try {
    for await (const line of readLines(readByteSource(source))) {
      throwIfAborted(signal)
      batch.push(await documentOf(engine, line))
      bytes += line.text.length
      if (batch.length >= BATCH || bytes >= BATCH_BYTES) await flush()
    }
  } catch (error) {
    // The lines before the bad one stay.
    if (hasErrorCode(error, 'INVALID_DOCUMENT') || hasErrorCode(error, 'LIMIT_EXCEEDED')) await flush()
    throw error
  }
  await flush()
  return { documents, clock: (await engine.writableView()).clock }
}

/** Checked by itself, so that what is wrong with it is told of its line and not of all in the commit. */
async function documentOf(engine: Engine, line: Line): Promise<WrittenDocument> {
  const { _files: files, ...fields } = lineToDocument(line)
  const kept = await filesHere(engine, fields._id, files)
  const document = kept === undefined ? fields : { ...fields, _files: kept }
  try {
    return engine.writer.write(document)
  } catch (error) {
    throw error instanceof FirekeepError ? atLine(line, error) : error
  }
}

function atLine({ number }: Line, error: FirekeepError): FirekeepError {
  const named = badLine(number, `cannot be stored: ${error.message}`, error)
  return new FirekeepError(error.code, named.message, {
    cause: error,
    details: { ...error.details, line: number },
  })
}

/**
 * NDJSON says of attachments what is known of them and does not hold them: those that the document has here already stay,
 * the others are left out.
 */
async function filesHere(
  engine: Engine,
  id: unknown,
  files: unknown,
): Promise<Record<string, unknown> | undefined> {
  if (typeof files !== 'object' || files === null || typeof id !== 'string') return undefined
  const shown = await engine.read(view => view.shown(id))
  const own = shown?.shared()._files as Readonly<Record<string, { readonly cid: string }>> | undefined
  if (own === undefined) return undefined
  const named = files as Readonly<Record<string, { readonly cid?: unknown } | null>>
  const kept = Object.entries(own).filter(
    ([name, { cid }]) => Object.hasOwn(named, name) && named[name]?.cid === cid,
  )
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
