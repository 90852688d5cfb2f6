import { FirekeepError } from '../../errors.js'
import { Mutex } from '../../primitives/mutex.js'
import type {
  AppendPackOptions,
  BlobBytes,
  GetBlobOptions,
  LogEntry,
  LogPage,
  LogPosition,
  ReadLogOptions,
  RemoteEvent,
  RemoteLog,
  RemotePointer,
  StoredPointer,
} from '../../protocol/remote.js'
import type { FolderClock } from '../../storage/files/folder-clock.js'
import { abortable } from '../abortable.js'
import { assertBlobName } from '../assert-blob-name.js'
import { createAbort } from '../create-abort.js'
import { FolderEntries } from './folder-entries.js'
import { toFolderError } from './folder-error.js'
import type { FolderPlace } from './folder-place.js'
import { FolderPointer } from './folder-pointer.js'
import { followFolder } from './follow-folder.js'

const READ_ENTRIES = 100
const READ_BYTES = 4 * 1024 * 1024
/** No other text can name a blob. */
const NAME = /^[a-z2-7]{52}$/

export interface FolderLogParts {
  readonly place: FolderPlace
  readonly clock: FolderClock
  /** Names the folder in errors. */
  readonly folder: string
}

/** The log of one database in a folder. */
export class FolderLog implements RemoteLog {
  readonly #parts: FolderLogParts
  readonly #entries: FolderEntries
  readonly #pointer: FolderPointer
  readonly #appends = new Mutex()
  readonly #closed = createAbort()
  readonly #stops = new Set<() => void>()

  constructor(parts: FolderLogParts) {
    this.#parts = parts
    this.#entries = new FolderEntries(parts.place)
    this.#pointer = new FolderPointer(parts.place)
  }

  append(pack: Uint8Array, { blobs = [], signal }: AppendPackOptions = {}): Promise<LogPosition> {
    // A `Buffer` would not copy by `slice`.
    const bytes = new Uint8Array(pack)
    return this.#run(signal, async inner => {
      this.#assertBlobs(blobs)
      // One after the other: else each would write its file anew for each that was faster.
      const position = await this.#appends.run(async () =>
        inner.aborted ? undefined : this.#entries.append(bytes),
      )
      // A deletion at the same time may have come before or after it.
      this.#parts.place.assertUsable()
      return position as LogPosition
    })
  }

  read(
    after: number,
    { limit = READ_ENTRIES, bytes = READ_BYTES, signal }: ReadLogOptions = {},
  ): Promise<LogPage> {
    return this.#run(signal, async () => {
      await this.#entries.refresh()
      const head = this.#entries.head
      const entries: LogEntry[] = []
      let size = 0
      for (let seq = after + 1; seq <= head.seq && entries.length < limit; seq += 1) {
        size += this.#entries.packSize(seq)
        if (size > bytes && entries.length > 0) break
        entries.push(await this.#entries.read(seq))
      }
      return { before: this.#entries.at(after)?.hash, entries, head }
    })
  }

  digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    return this.#run(signal, async () => {
      await this.#entries.refresh()
      return this.#entries.digests(after, limit)
    })
  }

  follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    if (this.#closed.signal.aborted) return () => undefined
    const { place, clock } = this.#parts
    const end = followFolder({ place, clock, after, listener, findHead: () => this.#findHead() })
    const stop = (): void => {
      this.#stops.delete(stop)
      end()
    }
    this.#stops.add(stop)
    return stop
  }

  putBlob(name: string, bytes: BlobBytes, signal?: AbortSignal): Promise<void> {
    return this.#run(signal, async () => {
      await assertBlobName(name, bytes)
      const { place } = this.#parts
      const length = bytes instanceof Uint8Array ? bytes.length : bytes.size
      if (place.fs.size(`${place.blobs}/${name}`) === length) await place.fs.syncFolder(place.blobs)
      else await place.replace(place.blobs, name, bytes)
      place.assertUsable()
    })
  }

  getBlob(name: string, { range, signal }: GetBlobOptions = {}): Promise<Uint8Array | undefined> {
    return this.#run(signal, async () => {
      const { place } = this.#parts
      const { offset = 0, length = Number.MAX_SAFE_INTEGER } = range ?? {}
      return NAME.test(name) ? place.read(`${place.blobs}/${name}`, offset, length) : undefined
    })
  }

  getPointer(signal?: AbortSignal): Promise<StoredPointer | undefined> {
    return this.#run(signal, () => this.#pointer.get())
  }

  setPointer(pointer: RemotePointer, replaces: string | undefined, signal?: AbortSignal): Promise<boolean> {
    return this.#run(signal, async () => {
      this.#assertBlobs(pointer.blobs)
      return this.#pointer.set(pointer, replaces)
    })
  }

  redact(seq: number, pack: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.#run(signal, async () => {
      await this.#entries.refresh()
      await this.#entries.redact(seq, pack)
    })
  }

  delete(signal?: AbortSignal): Promise<void> {
    return this.#run(signal, () => this.#parts.place.erase())
  }

  close(): void {
    this.#closed.abort()
    for (const stop of [...this.#stops]) stop()
  }

  async #findHead(): Promise<number> {
    this.#parts.place.assertUsable()
    await this.#entries.refresh()
    return this.#entries.head.seq
  }

  async #run<T>(signal: AbortSignal | undefined, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await abortable([this.#closed.signal, signal], async inner => {
        this.#parts.place.assertUsable()
        return task(inner)
      })
    } catch (error) {
      throw toFolderError(error, this.#parts.folder)
    }
  }

  #assertBlobs(names: readonly string[]): void {
    const { place } = this.#parts
    const isThere = (name: string): boolean =>
      NAME.test(name) && place.fs.size(`${place.blobs}/${name}`) !== undefined
    const missing = names.find(name => !isThere(name))
    if (missing === undefined) return
    throw new FirekeepError('BLOCK_MISSING', `blob ${missing} is not there`, { details: { blob: missing } })
  }
}
