import { randomBytes, toHex } from '../primitives/bytes.js'
import { Emitter } from '../primitives/emitter.js'
import { Mutex } from '../primitives/mutex.js'
import { builtInModule } from './files/built-in-module.js'
import { toFileError } from './files/file-error.js'
import type { FileSystem } from './files/file-system.js'
import { type FolderClock, systemClock } from './files/folder-clock.js'
import { FolderLock } from './files/folder-lock.js'
import { FolderReader } from './files/folder-reader.js'
import { FolderReserve } from './files/folder-reserve.js'
import { FolderState } from './files/folder-state.js'
import { watchFolder } from './files/folder-watch.js'
import { FolderWriter } from './files/folder-writer.js'
import { type FoldThresholds, LogFolding } from './files/log-folding.js'
import { createNodeFileSystem } from './files/node-file-system.js'
import { createNodeProcessTable } from './files/node-process-table.js'
import type { ProcessTable } from './files/process-table.js'
import { Session } from './files/session.js'
import { ValueFiles } from './files/value-files.js'
import { Pending } from './pending.js'
import type { BatchOptions, Storage, StorageEntry, StorageInfo, StorageSpace } from './storage.js'
import { storageError } from './storage-error.js'

export interface FileSpaceOptions {
  /** The folder that holds a folder per storage; made when something is first written. */
  readonly dir: string
  /** Milliseconds to wait for another process that holds a storage and does not give way. Default 10,000. */
  readonly patience?: number
  /** Bytes held back per storage, so that deleting works when the disk is full. Default: see `reserve-size.ts`. */
  readonly reserve?: number
  /**
   * Logs that nobody writes to any more are folded into one when there are more than `logs` of them, or when
   * more than `garbage` bytes and half of all are in vain. Default 16 and 1 MiB.
   */
  readonly foldAt?: FoldThresholds
  /** The platform; for tests. */
  readonly fileSystem?: FileSystem
  readonly processes?: ProcessTable
  readonly clock?: FolderClock
}

/**
 * Storages in files, a folder each, for any number of processes at once. Batches are on disk when they resolve,
 * whatever durability is asked for.
 *
 * `INVALID_OPTION` where there is no Node. `STORAGE_FAILED` when another process holds a storage and neither
 * gives way nor is provably gone, and, until it is opened again, after the disk failed twice to make a write
 * durable; `UNSUPPORTED_FORMAT` for logs of a newer version; `CORRUPT` where acknowledged bytes are damaged.
 *
 * | in `<dir>/<id>` | |
 * |---|---|
 * | `logs/<random>.log` | one per writer session: its batches, see `files/frame.ts` |
 * | `logs/<random>.erase` | empty: the log of this name is to be rewritten without what it holds in vain |
 * | `values/<random>.value` | one large value each, named by a batch |
 * | `lock/lock.<n>` | who may write, see `files/folder-lock.ts` |
 * | `reserve` | the room held back |
 *
 * @example
 * ```ts
 * const storage = await createFileSpace({ dir: '/var/lib/app' }).open('todos')
 * await storage.batch([['a', new Uint8Array([1])]], [])
 * ```
 */
export function createFileSpace(options: FileSpaceOptions): StorageSpace {
  const dir = builtInModule<{ resolve(path: string): string }>('node:path').resolve(options.dir)
  const platform: Platform = {
    dir,
    fs: options.fileSystem ?? createNodeFileSystem(),
    processes: options.processes ?? createNodeProcessTable(),
    clock: options.clock ?? systemClock,
    patience: options.patience ?? 10_000,
    reserve: options.reserve,
    foldAt: options.foldAt ?? { logs: 16, garbage: 1_048_576 },
  }
  return {
    kind: 'files',
    id: `files:${dir}`,
    open: async id => new FileStorage(platform, `${dir}/${id}`),
    list: async () => (platform.fs.list(dir) ?? []).filter(name => !name.startsWith('.')),
    remove: id => removeStorage(platform, id),
  }
}

interface Platform {
  readonly dir: string
  readonly fs: FileSystem
  readonly processes: ProcessTable
  readonly clock: FolderClock
  readonly patience: number
  readonly reserve: number | undefined
  readonly foldAt: FoldThresholds
}

class FileStorage implements Storage {
  readonly kind = 'files'
  readonly #platform: Platform
  readonly #folder: string
  readonly #state: FolderState
  readonly #lock: FolderLock
  readonly #session: Session
  readonly #reader: FolderReader
  readonly #writer: FolderWriter
  readonly #writes = new Mutex()
  readonly #pending = new Pending()
  readonly #changes = new Emitter<undefined>()
  #stopWatching: (() => void) | undefined
  #closing: Promise<void> | undefined
  #told = 0

  constructor(platform: Platform, folder: string) {
    const { fs, processes, clock, dir } = platform
    const logs = `${folder}/logs`
    const values = new ValueFiles(fs, `${folder}/values`)
    this.#platform = platform
    this.#folder = folder
    this.#state = new FolderState(fs, logs)
    this.#lock = new FolderLock({ ...platform, folder: `${folder}/lock` })
    this.#session = new Session({
      fs,
      folder: logs,
      above: [folder, dir],
      owner: processes.self,
      onLog: name => this.#state.adopt(name),
    })
    this.#reader = new FolderReader(this.#state, values)
    const parts = { fs, folder, logs, values, state: this.#state, session: this.#session }
    this.#writer = new FolderWriter({
      ...parts,
      subfolders: [`${folder}/lock`, `${folder}/values`],
      lock: this.#lock,
      reserve: new FolderReserve(fs, `${folder}/reserve`, platform.reserve),
      folding: new LogFolding({ ...parts, processes, clock, foldAt: platform.foldAt }),
    })
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#run(() => this.#reader.get(key))
  }

  getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return this.#run(() => this.#reader.get(key, offset, offset + length))
  }

  list(prefix: string): Promise<string[]> {
    return this.#run(async () => this.#reader.list(prefix))
  }

  getAll(prefix: string): Promise<StorageEntry[]> {
    return this.#run(() => this.#reader.getAll(prefix))
  }

  watch(listener: () => void): () => void {
    const stop = this.#changes.subscribe(listener)
    if (this.#closing === undefined) this.#stopWatching ??= this.#startWatching()
    return () => {
      stop()
      if (!this.#changes.isObserved) this.#endWatching()
    }
  }

  batch(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    options: BatchOptions = {},
  ): Promise<void> {
    return this.#run(() => this.#writes.run(() => this.#writer.batch(puts, deletes, options)))
  }

  info(): Promise<StorageInfo> {
    return this.#run(async () => {
      this.#reader.list('')
      const { places, marked } = this.#state
      const logs = this.#state.logs()
      let usage = 0
      for (const log of logs) usage += log.length
      for (const { file, length } of places.values()) usage += file === undefined ? 0 : length
      const isUnerased = logs.some(({ name }) => marked.has(name))
      return { kind: this.kind, persisted: true, usage, ...(isUnerased && { unerased: true }) }
    })
  }

  persist(): Promise<boolean> {
    return this.#run(async () => true)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#endWatching()
    await this.#pending.drain()
    await this.#eraseLast()
    this.#session.end()
    this.#state.close()
    try {
      this.#lock.release()
    } catch (error) {
      throw toFileError(error, this.#folder)
    }
  }

  async #run<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw storageError.closed()
    try {
      return await this.#pending.track(act())
    } catch (error) {
      throw toFileError(error, this.#folder)
    }
  }

  #startWatching(): () => void {
    this.#told = this.#state.changes
    return watchFolder({
      fs: this.#platform.fs,
      clock: this.#platform.clock,
      folder: `${this.#folder}/logs`,
      check: () => this.#tellChanges(),
      isOwn: name => this.#state.isOwn(name),
    })
  }

  /** What was left to us to erase; where it fails, whoever writes next does it, as the log says that it ended. */
  async #eraseLast(): Promise<void> {
    try {
      if (!this.#session.isStarted || !this.#state.refresh()) return
      if (this.#writer.isAskedToErase) await this.#writer.eraseMarked()
    } catch {
      // `close` fails for what its caller can lose only.
    }
  }

  #eraseSoon(): void {
    if (this.#closing !== undefined || !this.#writer.isAskedToErase) return
    // It is tried again with the next hint, the next batch, and at the end.
    this.#pending.track(this.#writes.run(() => this.#writer.eraseMarked())).catch(() => {})
  }

  #endWatching(): void {
    this.#stopWatching?.()
    this.#stopWatching = undefined
  }

  /** What cannot be read is told as a change: whoever reads then learns what is wrong. */
  #tellChanges(): void {
    try {
      const isThere = this.#state.refresh()
      this.#eraseSoon()
      if (isThere && this.#state.changes === this.#told) return
    } catch {
      this.#told = -1
    }
    if (this.#told >= 0) this.#told = this.#state.changes
    this.#changes.emit(undefined)
  }
}

/** Waits for who writes, moves the folder out of sight in one step, and then takes it apart. */
async function removeStorage({ dir, fs, ...platform }: Platform, id: string): Promise<void> {
  const folder = `${dir}/${id}`
  const old = `${dir}/.removed-${toHex(randomBytes(8))}`
  try {
    if (fs.list(`${folder}/lock`) === undefined) return
    const lock = new FolderLock({ ...platform, fs, folder: `${folder}/lock` })
    await lock.run(async () => fs.rename(folder, old))
    await fs.syncFolder(dir)
    for (const name of fs.list(dir) ?? []) if (name.startsWith('.removed-')) fs.removeFolder(`${dir}/${name}`)
  } catch (error) {
    if (fs.list(folder) !== undefined) throw toFileError(error, folder)
  }
}
