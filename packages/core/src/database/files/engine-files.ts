import { bindFiles, type FilePlace, type FileSource } from '../../codec/stored-file.js'
import { FirekeepError } from '../../errors.js'
import type { LedgerStore } from '../../ledger/ledger-store.js'
import type { PlainDocument, StoredDocument } from '../../state/stored-document.js'
import type { Environment } from '../environment.js'
import type { Attachments } from '../sync/attachments.js'
import type { OpenFiles } from './open-files.js'

export interface EngineFilesParts {
  readonly environment: Environment
  readonly attachments: Attachments
  /** Names the storage; `undefined` until it was opened. */
  readonly storageId: () => string | undefined
  /** What the database is made of; `undefined` until it exists. `CLOSED` when the engine is. */
  readonly openStore: () => Promise<LedgerStore | undefined>
}

/** Loads the attachments of one engine; all it takes comes when the first one is loaded. */
export class EngineFiles implements FileSource {
  readonly #parts: EngineFilesParts
  #opened: { readonly storage: unknown; readonly files: Promise<OpenFiles> } | undefined

  constructor(parts: EngineFilesParts) {
    this.#parts = parts
  }

  get storageId(): string | undefined {
    return this.#parts.storageId()
  }

  /** Whether attachments that were read there lie in this storage: those of the database, and of its forks in it. */
  readonly isOwn = ({ storageId }: FileSource): boolean =>
    storageId !== undefined && storageId === this.storageId

  /** A copy of a document, for a caller. */
  readonly copy = (document: StoredDocument): PlainDocument => bindFiles(document.copy(), this)

  /** What all callers share of a document. */
  readonly shared = (document: StoredDocument): PlainDocument => bindFiles(document.shared(), this)

  async file(place: FilePlace, options: unknown): Promise<File> {
    const { ENGINE_PART } = await import('../engine-part.js')
    return ENGINE_PART.loadFile(await this.open(), place, options)
  }

  stream(place: FilePlace, options: unknown): ReadableStream<Uint8Array> {
    let pieces: AsyncGenerator<Uint8Array, void> | undefined
    const stop = new AbortController()
    return new ReadableStream<Uint8Array>(
      {
        pull: async controller => {
          const { ENGINE_PART } = await import('../engine-part.js')
          pieces ??= ENGINE_PART.readFile(await this.open(), place, {
            options,
            cancelled: stop.signal,
          })
          const { done, value } = await pieces.next()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        // It does not wait for what is under way, which ends by the signal.
        cancel: () => stop.abort(),
      },
      { highWaterMark: 0 },
    )
  }

  /** Ends what is being fetched. */
  async close(): Promise<void> {
    const opened = await this.#opened?.files.catch(() => undefined)
    await opened?.fetcher.close()
  }

  /** The file packs of the database; `FILE_UNAVAILABLE` where there is none. */
  async open(): Promise<OpenFiles> {
    const store = await this.#parts.openStore()
    if (store === undefined)
      throw new FirekeepError(
        'FILE_UNAVAILABLE',
        'the database does not exist, and so it holds no attachment',
      )
    if (this.#opened?.storage !== store.storage) {
      const { environment, attachments } = this.#parts
      const files = import('../engine-part.js').then(({ ENGINE_PART }) =>
        ENGINE_PART.openFiles(store, environment, attachments),
      )
      files.catch(() => {
        this.#opened = undefined
      })
      this.#opened = { storage: store.storage, files }
    }
    return this.#opened.files
  }
}
