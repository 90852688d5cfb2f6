import type { FileStaging, StagingOptions } from '../../files/file-staging.js'
import { DocumentDraft } from '../../ledger/document-draft.js'
import type { WrittenDocument } from '../../ledger/written-document.js'
import type { Engine } from '../engine.js'

type Prepared = WrittenDocument | DocumentDraft

/** Stores the new attachments of documents, if there are any, and encodes these. */
export type StoreFiles = (
  prepared: readonly Prepared[],
  options?: StagingOptions,
) => Promise<readonly WrittenDocument[]>

/** Runs a write that may store attachments, before the commit that names them (bytes first); without it they go again. */
export async function withStagedFiles<T>(
  engine: Engine,
  write: (store: StoreFiles) => Promise<T>,
): Promise<T> {
  let staging: FileStaging | undefined
  const store: StoreFiles = async (prepared, options = {}) => {
    if (staging === undefined && hasNoDraft(prepared)) return prepared
    staging ??= await openStaging(engine)
    return staging.store(prepared, options)
  }
  try {
    const result = await write(store)
    // It is written, whatever becomes of what it does not name.
    await staging?.keepWritten().catch(() => undefined)
    return result
  } catch (error) {
    // What cannot be removed now is removed at a prune; the caller is told what hindered his write.
    await staging?.giveUp(error).catch(() => undefined)
    throw error
  }
}

export function hasNoDraft(prepared: readonly Prepared[]): prepared is readonly WrittenDocument[] {
  return !prepared.some(each => each instanceof DocumentDraft)
}

/** The database is there: it is the ledger's turn, or it was made before. */
async function openStaging(engine: Engine): Promise<FileStaging> {
  const { ENGINE_PART } = await import('../engine-part.js')
  const { packs, sealer } = await engine.files.open()
  const { now } = engine.environment
  return new ENGINE_PART.FileStaging({ packs, sealer, now, isOwn: engine.files.isOwn })
}
