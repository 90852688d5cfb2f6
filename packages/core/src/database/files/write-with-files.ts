import type { StagingOptions } from '../../files/file-staging.js'
import type { DocumentDraft } from '../../ledger/document-draft.js'
import { readOnly } from '../../ledger/must-get-author.js'
import { toRequest } from '../../ledger/to-request.js'
import type { WriteRequest } from '../../ledger/write-call.js'
import type { WrittenDocument } from '../../ledger/written-document.js'
import type { Clock } from '../document-types.js'
import type { Engine } from '../engine.js'
import { withStagedFiles } from './staged-files.js'

/** Stores the new attachments of documents when their turn has come, and writes these as one commit. */
export function writeWithFiles(
  engine: Engine,
  prepared: readonly (WrittenDocument | DocumentDraft)[],
  { onProgress, ...request }: Omit<WriteRequest, 'ops' | 'size'> & StagingOptions,
): Promise<Clock> {
  const { signal } = request
  return withStagedFiles(engine, store =>
    engine.queue.writePrepared(async () => {
      if (await engine.isReadOnly()) throw readOnly()
      await engine.mustGetStore()
      return { ...request, ...toRequest(await store(prepared, { signal, onProgress })) }
    }),
  )
}
