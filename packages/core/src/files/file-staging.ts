import type { FileDraft } from '../codec/file-draft.js'
import type { FileInfo } from '../codec/file-info.js'
import type { FileSource } from '../codec/stored-file.js'
import { hasErrorCode } from '../errors.js'
import type { DocumentDraft } from '../ledger/document-draft.js'
import type { WrittenDocument } from '../ledger/written-document.js'
import { toBase32 } from '../primitives/bytes.js'
import type { Progress } from '../primitives/progress.js'
import { isWellFormed } from '../primitives/well-formed.js'
import { blobContent } from './blob-content.js'
import type { FileContent } from './file-content.js'
import { FileWriter, type FileWriterParts, type StoredContent } from './file-writer.js'
import { foreignContent } from './foreign-content.js'

export interface StagingOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with bytes, before the first and after each chunk. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface FileStagingParts extends FileWriterParts {
  readonly now: () => number
  /** Whether attachments that were read there are attachments here. */
  readonly isOwn: (source: FileSource) => boolean
}

/**
 * The new attachments of one call. They are durable before the commit that names them is made, and are removed again where
 * there comes none. A content that is given again, as by a transaction that runs anew, is not stored again.
 */
export class FileStaging {
  readonly #parts: FileStagingParts
  readonly #contentByObject = new Map<object, StoredContent>()
  readonly #writers: FileWriter[] = []
  #named: ReadonlySet<string> = new Set()
  /** What the storing failed with: then nothing was written that names it. */
  #failure: { readonly error: unknown } | undefined

  constructor(parts: FileStagingParts) {
    this.#parts = parts
  }

  /** Stores what is new, all of it or nothing, and encodes the documents. */
  async store(
    prepared: readonly (WrittenDocument | DocumentDraft)[],
    options: StagingOptions,
  ): Promise<WrittenDocument[]> {
    const unstored = prepared.flatMap(each => ('unstored' in each ? [...each.unstored] : []))
    try {
      await this.#storeNew(
        unstored.filter(([, draft]) => !this.#isHere(draft)),
        options,
      )
    } catch (error) {
      this.#failure = { error }
      throw error
    }
    const written = prepared.map(each => ('unstored' in each ? this.#encode(each) : each))
    this.#named = new Set(written.flatMap(({ op }) => (op.files ?? []).map(toBase32)))
    return written
  }

  /** Removes what the documents that were written do not name. */
  async keepWritten(): Promise<void> {
    for (const writer of this.#writers) {
      if (!writer.names.some(name => this.#named.has(name))) await writer.discard()
    }
  }

  /** Removes everything, where it is known that no commit names it: after other errors one may be stored. */
  async giveUp(error: unknown): Promise<void> {
    const isUnwritten =
      this.#failure?.error === error || BEFORE_WRITING.some(code => hasErrorCode(error, code))
    if (!isUnwritten) return
    for (const writer of this.#writers) await writer.discard()
  }

  async #storeNew(named: readonly (readonly [string, FileDraft])[], options: StagingOptions): Promise<void> {
    const contents = new Map<object, FileContent>()
    for (const [name, draft] of named) {
      const object = objectOf(draft)
      if (!this.#contentByObject.has(object)) contents.set(object, toContent(name, draft))
    }
    if (contents.size === 0) return
    const writer = new FileWriter(this.#parts)
    this.#writers.push(writer)
    const onBytes = counted(contents.values(), options.onProgress)
    for (const [object, content] of contents) {
      const stored = await writer.add(content, { signal: options.signal, onBytes })
      this.#contentByObject.set(object, stored)
    }
    await writer.finish()
  }

  #encode(draft: DocumentDraft): WrittenDocument {
    const infos = [...draft.unstored].map(([name, file]) => [name, this.#infoOf(file)] as const)
    return draft.encode(new Map(infos))
  }

  /** It may have been unknown which storage this is when the document was checked. */
  #isHere(draft: FileDraft): boolean {
    return draft.kind === 'stored' && draft.read !== undefined && this.#parts.isOwn(draft.read.source)
  }

  #infoOf(draft: FileDraft): FileInfo {
    if (draft.kind === 'stored' && this.#isHere(draft)) return draft.info
    const { cid, size, pack } = this.#contentByObject.get(objectOf(draft)) as StoredContent
    if (draft.kind === 'stored') return { ...draft.info, cid, size, pack }
    const { type, lastModified } = draft.blob as Partial<File>
    return {
      cid,
      lastModified: Number.isSafeInteger(lastModified) ? (lastModified as number) : this.#parts.now(),
      pack,
      size,
      type: type !== undefined && isWellFormed(type) ? type : '',
    }
  }
}

/** What a write is refused with before anything of it is stored. */
const BEFORE_WRITING = [
  'ABORTED',
  'INVALID_DOCUMENT',
  'INVALID_OPTION',
  'LIMIT_EXCEEDED',
  'NOT_FOUND',
  'QUOTA_EXCEEDED',
  'READ_ONLY',
  'STALE',
] as const

function objectOf(draft: FileDraft): object {
  return draft.kind === 'new' ? draft.blob : (draft.read?.file as object)
}

function toContent(name: string, draft: FileDraft): FileContent {
  if (draft.kind === 'new') return blobContent(draft.blob, name)
  return foreignContent(draft.read?.file as NonNullable<typeof draft.read>['file'])
}

function counted(
  contents: Iterable<FileContent>,
  onProgress: StagingOptions['onProgress'],
): ((bytes: number) => void) | undefined {
  if (onProgress === undefined) return undefined
  const total = [...contents].reduce((sum, { size }) => sum + size, 0)
  let done = 0
  onProgress({ done, total })
  return bytes => {
    done += bytes
    onProgress({ done, total })
  }
}
