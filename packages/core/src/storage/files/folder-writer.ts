import { FirekeepError, hasErrorCode } from '../../errors.js'
import { keysUnder } from '../keys-under.js'
import type { BatchOptions, StorageEntry } from '../storage.js'
import { checkSeen, storageError } from '../storage-error.js'
import { toFileError } from './file-error.js'
import type { FileSystem } from './file-system.js'
import type { FolderLock } from './folder-lock.js'
import type { FolderReserve } from './folder-reserve.js'
import type { FolderState } from './folder-state.js'
import { encodeFrame } from './frame.js'
import type { LogFolding } from './log-folding.js'
import type { Session } from './session.js'
import { filesOf, type PlacedEntry, type ValueFiles } from './value-files.js'

export interface FolderWriterParts {
  readonly fs: FileSystem
  /** The storage's folder, and those in it. */
  readonly folder: string
  readonly logs: string
  readonly subfolders: readonly string[]
  readonly state: FolderState
  readonly lock: FolderLock
  readonly session: Session
  readonly values: ValueFiles
  readonly reserve: FolderReserve
  readonly folding: LogFolding
}

/** Writes batches, one at a time, each under the folder's lock. */
export class FolderWriter {
  readonly #parts: FolderWriterParts

  constructor(parts: FolderWriterParts) {
    this.#parts = parts
  }

  async batch(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    options: BatchOptions,
  ): Promise<void> {
    const { session, reserve } = this.#parts
    if (session.failure) throw session.failure
    const mayUseReserve = options.reserve ?? puts.length === 0
    const { seen, erase = false } = options
    const batch = { puts: lastOfEach(puts, deletes), deletes, seen, mayUseReserve, erase }
    try {
      await this.#write(batch)
    } catch (error) {
      if (!mayUseReserve || !hasErrorCode(error, 'QUOTA_EXCEEDED')) throw error
      reserve.drop()
      await this.#write(batch)
    }
  }

  /** Whether somebody who erased left it to us to rewrite a log of ours. */
  get isAskedToErase(): boolean {
    const { state } = this.#parts
    return [...state.marked].some(name => state.isOwn(name))
  }

  /** Does what an erasing batch of another session left to be done. */
  async eraseMarked(): Promise<void> {
    const { lock, state, session, folding } = this.#parts
    await lock.run(async isNew => {
      if (isNew && !state.refresh()) return
      if (!session.failure) await folding.eraseMarked()
    })
  }

  async #write(batch: Batch): Promise<void> {
    const { fs, folder, logs, lock, session, values, state } = this.#parts
    const progress: Progress = { placed: [], isWritten: false }
    try {
      this.#makeFolders()
      progress.placed = await values.store(batch.puts)
      await lock.run(isNew => this.#append(batch, progress, isNew))
    } catch (error) {
      // Where the outcome is unknown a log may name these files.
      if (!session.failure && !progress.isWritten) values.remove(filesOf(progress.placed))
      const isGone = state.existed && fs.list(logs) === undefined
      throw isGone ? storageError.removed() : toFileError(error, folder)
    }
  }

  /** The folder of the logs comes last: where it is, the others are, and a storage that was removed stays so. */
  #makeFolders(): void {
    const { fs, logs, subfolders, state } = this.#parts
    if (state.existed) return
    state.refresh()
    if (state.existed) return
    for (const path of [...subfolders, logs]) fs.makeFolder(path)
  }

  async #append(batch: Batch, progress: Progress, isNew: boolean): Promise<void> {
    const { fs, state, session, reserve, values } = this.#parts
    const { puts, deletes, seen } = batch
    if (isNew) {
      // While we keep the lock nobody else writes.
      if (!state.refresh()) throw storageError.removed()
      reserve.look()
    }
    if (seen) checkSeen(seen, keysUnder(state.places, seen.prefix))
    if (!batch.mayUseReserve) reserve.ensure(state.stored + sizeOf(puts))
    // Somebody who erased removed what no log named yet; while we own the lock nobody does.
    if (!values.exist(progress.placed)) {
      values.remove(filesOf(progress.placed))
      progress.placed = await values.store(puts)
    }
    const replaced = this.#filesUnder([...puts.map(([key]) => key), ...deletes])
    const content = { seq: state.lastSeq + 1, puts: progress.placed, deletes }
    const frame = encodeFrame(content, fs.checksum)
    const place = await session.append(frame)
    progress.isWritten = true
    state.takeOwn(place, frame)
    await this.#clear(replaced, batch.erase, isNew)
  }

  #filesUnder(keys: readonly string[]): string[] {
    return keys.flatMap(key => this.#parts.state.places.get(key)?.file ?? [])
  }

  /** The batch is durable: what fails from now on is put off, unless the caller asked for just this. */
  async #clear(replaced: readonly string[], erase: boolean, isNew: boolean): Promise<void> {
    const { values, folding } = this.#parts
    try {
      values.remove(replaced)
      if (erase) await this.#erase()
      else if (isNew && folding.isEraseDue) await folding.eraseMarked()
      else await folding.foldIfDue()
    } catch (cause) {
      if (erase) throw notErased(this.#parts.folder, cause)
    }
  }

  /** What is kept is written anew before the rest goes, which may take the room held back. */
  async #erase(): Promise<void> {
    const { folder, folding, reserve } = this.#parts
    try {
      await folding.erase()
    } catch (error) {
      if (!hasErrorCode(toFileError(error, folder), 'QUOTA_EXCEEDED')) throw error
      reserve.drop()
      await folding.erase()
    }
  }
}

interface Batch {
  readonly puts: readonly StorageEntry[]
  readonly deletes: readonly string[]
  readonly seen: BatchOptions['seen']
  readonly mayUseReserve: boolean
  readonly erase: boolean
}

/** How far a batch got, for whoever clears up after a failure. */
interface Progress {
  placed: readonly PlacedEntry[]
  isWritten: boolean
}

/** Within a batch the last put of a key counts, and a delete after the puts. */
function lastOfEach(puts: readonly StorageEntry[], deletes: readonly string[]): readonly StorageEntry[] {
  if (puts.length < 2 && deletes.length === 0) return puts
  const valueByKey = new Map(puts)
  for (const key of deletes) valueByKey.delete(key)
  return [...valueByKey]
}

function sizeOf(puts: readonly StorageEntry[]): number {
  return puts.reduce((total, [, value]) => total + value.length, 0)
}

function notErased(folder: string, cause: unknown): FirekeepError {
  return new FirekeepError(
    'STORAGE_FAILED',
    `the batch was written, but not all that it erases could be removed from ${folder}; check the disk and erase again`,
    { cause, details: { folder, written: true } },
  )
}
