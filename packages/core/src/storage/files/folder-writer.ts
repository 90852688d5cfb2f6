import { hasErrorCode } from '../../errors.js'
import { keysUnder } from '../keys-under.js'
import type { BatchOptions, StorageEntry } from '../storage.js'
import { checkSeen, storageError } from '../storage-error.js'
import { toFileError } from './file-error.js'
import type { FileSystem } from './file-system.js'
import { foldLogs } from './fold-logs.js'
import type { FolderClock } from './folder-clock.js'
import type { FolderLock } from './folder-lock.js'
import type { FolderReserve } from './folder-reserve.js'
import type { FolderState } from './folder-state.js'
import { encodeFrame } from './frame.js'
import type { LogReader } from './log-reader.js'
import type { ProcessTable } from './process-table.js'
import type { Session } from './session.js'
import { filesOf, type PlacedEntry, type ValueFiles } from './value-files.js'

export interface FolderWriterParts {
  readonly fs: FileSystem
  /** The storage's folder, and those in it. */
  readonly folder: string
  readonly logs: string
  readonly subfolders: readonly string[]
  readonly processes: ProcessTable
  readonly clock: FolderClock
  readonly state: FolderState
  readonly lock: FolderLock
  readonly session: Session
  readonly values: ValueFiles
  readonly reserve: FolderReserve
  readonly foldAt: FoldThresholds
}

export interface FoldThresholds {
  /** More logs than this that nobody writes to are folded. */
  readonly logs: number
  /** Logs with more bytes in vain than this, and half of all, are folded. */
  readonly garbage: number
}

/** Writes batches, one at a time, each under the folder's lock. */
export class FolderWriter {
  readonly #parts: FolderWriterParts
  #foldAfter: FoldThresholds

  constructor(parts: FolderWriterParts) {
    this.#parts = parts
    this.#foldAfter = parts.foldAt
  }

  async batch(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    options: BatchOptions,
  ): Promise<void> {
    const { session, reserve } = this.#parts
    if (session.failure) throw session.failure
    const mayUseReserve = options.reserve ?? puts.length === 0
    const batch = { puts: lastOfEach(puts, deletes), deletes, seen: options.seen, mayUseReserve }
    try {
      await this.#write(batch)
    } catch (error) {
      if (!mayUseReserve || !hasErrorCode(error, 'QUOTA_EXCEEDED')) throw error
      reserve.drop()
      await this.#write(batch)
    }
  }

  async #write(batch: Batch): Promise<void> {
    const { fs, folder, lock, session, values } = this.#parts
    let placed: readonly PlacedEntry[] = []
    try {
      this.#makeFolders()
      placed = await values.store(batch.puts)
      values.remove(await lock.run(isNew => this.#append(batch, placed, isNew)))
    } catch (error) {
      // Where the outcome is unknown a log may name these files.
      if (!session.failure) values.remove(filesOf(placed))
      const isGone = this.#parts.state.existed && fs.list(this.#parts.logs) === undefined
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

  /** Answers the files of the values that were replaced. */
  async #append(batch: Batch, puts: readonly PlacedEntry[], isNew: boolean): Promise<string[]> {
    const { fs, state, session, reserve } = this.#parts
    if (isNew) {
      // While we keep the lock nobody else writes.
      if (!state.refresh()) throw storageError.removed()
      reserve.look()
    }
    if (batch.seen) checkSeen(batch.seen, keysUnder(state.places, batch.seen.prefix))
    if (!batch.mayUseReserve) reserve.ensure()
    const replaced = this.#filesUnder([...puts.map(([key]) => key), ...batch.deletes])
    const frame = encodeFrame({ seq: state.lastSeq + 1, puts, deletes: batch.deletes }, fs.checksum)
    state.takeOwn(await session.append(frame), frame)
    await this.#foldIfDue()
    return replaced
  }

  #filesUnder(keys: readonly string[]): string[] {
    return keys.flatMap(key => this.#parts.state.places.get(key)?.file ?? [])
  }

  async #foldIfDue(): Promise<void> {
    const { foldAt, state } = this.#parts
    const logs = state.logs()
    const garbage = sum(logs, log => log.garbage)
    if (logs.length <= this.#foldAfter.logs && garbage <= this.#foldAfter.garbage) return
    const sources = this.#foldable(logs)
    const inVain = sum(sources, log => log.garbage)
    const pays = inVain > foldAt.garbage && inVain * 2 > sum(sources, log => log.length)
    const isDone = (pays || sources.length > foldAt.logs) && (await this.#fold(sources))
    // Where it does not pay, or fails, it is looked at again when there is more to gain.
    this.#foldAfter = isDone ? foldAt : { logs: logs.length + foldAt.logs, garbage: garbage + foldAt.garbage }
  }

  /** Our own logs, and those whose writers said that they ended or are provably gone. */
  #foldable(logs: readonly LogReader[]): LogReader[] {
    const { fs, folder, processes, state } = this.#parts
    const isLocal = fs.isLocal(folder)
    return logs.filter(
      ({ name, hasEnded, owner }) =>
        state.isOwn(name) || hasEnded || (owner !== undefined && processes.isGone(owner, isLocal)),
    )
  }

  /** The batch is durable already, so that a fold that fails is only put off. */
  async #fold(sources: readonly LogReader[]): Promise<boolean> {
    const { fs, logs, clock, state, session, values } = this.#parts
    const isAll = sources.length === state.logs().length
    try {
      await session.startWith(foldLogs(sources, state, fs.checksum))
      for (const { name } of sources) fs.remove(`${logs}/${name}`)
      state.refresh()
      if (!isAll) return true
      const named = new Set([...state.places.values()].map(place => place.file))
      values.sweep(file => named.has(file), clock.date())
      return true
    } catch {
      return false
    }
  }
}

interface Batch {
  readonly puts: readonly StorageEntry[]
  readonly deletes: readonly string[]
  readonly seen: BatchOptions['seen']
  readonly mayUseReserve: boolean
}

/** Within a batch the last put of a key counts, and a delete after the puts. */
function lastOfEach(puts: readonly StorageEntry[], deletes: readonly string[]): readonly StorageEntry[] {
  if (puts.length < 2 && deletes.length === 0) return puts
  const valueByKey = new Map(puts)
  for (const key of deletes) valueByKey.delete(key)
  return [...valueByKey]
}

function sum<T>(items: readonly T[], sizeOf: (item: T) => number): number {
  return items.reduce((total, item) => total + sizeOf(item), 0)
}
