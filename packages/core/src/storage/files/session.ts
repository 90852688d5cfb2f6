import { FirekeepError } from '../../errors.js'
import { concatBytes, randomBytes, toHex } from '../../primitives/bytes.js'
import { toFileError } from './file-error.js'
import type { FileSystem } from './file-system.js'
import type { WrittenFrame } from './folder-state.js'
import { encodeFrame } from './frame.js'
import { logHeader } from './log-reader.js'
import { LogWriter } from './log-writer.js'
import type { Owner } from './process-table.js'

export interface SessionParts {
  readonly fs: FileSystem
  /** Where the logs are. */
  readonly folder: string
  /** The folders above whose names must be durable before anything is acknowledged, innermost first. */
  readonly above: readonly string[]
  readonly owner: Owner
  /** Told the name of each log that is made. */
  readonly onLog: (name: string) => void
}

/**
 * What one opened storage writes: a log of its own, made by its first batch, and the next one where a sync
 * failed or logs are folded. Used by the owner of the folder's lock only.
 */
export class Session {
  readonly #parts: SessionParts
  #log: LogWriter | undefined
  #failure: FirekeepError | undefined

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** Set when it is unknown what is on disk; nothing is written from then on. */
  get failure(): FirekeepError | undefined {
    return this.#failure
  }

  /** Whether there is a log of this session, so that others may not touch it. */
  get isStarted(): boolean {
    return this.#log !== undefined
  }

  /**
   * Writes a frame; it is durable when this resolves. Where the write fails nothing of it is stored. Where the
   * sync fails the same bytes go to a new log, and where that fails too, the session is over (law L4). Answers
   * where it is.
   */
  async append(frame: Uint8Array): Promise<WrittenFrame> {
    if (this.#failure) throw this.#failure
    const first = await this.#writeAndSync(frame)
    if (first.isDurable) return first
    try {
      const second = await this.#writeAndSync(frame)
      if (second.isDurable) return second
      throw second.cause
    } catch (cause) {
      this.#failure = outcomeUnknown(this.#parts.folder, cause)
      throw this.#failure
    }
  }

  /** Makes a log of these frames, durable when this resolves, and goes on with it. Leaves no trace when it fails. */
  async startWith(frames: Iterable<Uint8Array>): Promise<void> {
    const { fs, folder } = this.#parts
    const log = this.#create()
    try {
      log.write(logHeader(this.#parts.owner))
      for (const frame of frames) log.write(frame)
      await log.sync()
      await fs.syncFolder(folder)
    } catch (error) {
      this.#discard(log)
      throw error
    }
    this.#log?.close()
    this.#log = log
  }

  /** Says in the log that nothing more will come, so that anybody may fold it. */
  end(): void {
    const log = this.#log
    this.#log = undefined
    if (log === undefined) return
    try {
      if (log.isUsable)
        log.write(encodeFrame({ kind: 'end', seq: 0, puts: [], deletes: [] }, this.#parts.fs.checksum))
    } catch {
      // Without the mark the log is folded once this process is gone.
    } finally {
      log.close()
    }
  }

  /** Throws when nothing was stored; otherwise says whether it is durable. */
  async #writeAndSync(frame: Uint8Array): Promise<WrittenFrame & { isDurable: boolean; cause?: unknown }> {
    const isNew = !this.#log?.isUsable
    const log = this.#write(frame)
    const place = { name: log.name, offset: log.size - frame.length }
    try {
      await log.sync()
      if (isNew) await this.#syncFolders()
      return { ...place, isDurable: true }
    } catch (cause) {
      log.abandon()
      return { ...place, isDurable: false, cause }
    }
  }

  #write(frame: Uint8Array): LogWriter {
    try {
      if (this.#log?.isUsable) {
        this.#log.write(frame)
        return this.#log
      }
      this.#log?.close()
      this.#log = undefined
      this.#log = this.#startLog(frame)
      return this.#log
    } catch (error) {
      throw toFileError(error, this.#parts.folder)
    }
  }

  #startLog(frame: Uint8Array): LogWriter {
    const log = this.#create()
    try {
      log.write(concatBytes(logHeader(this.#parts.owner), frame))
      return log
    } catch (error) {
      this.#discard(log)
      throw error
    }
  }

  #discard(log: LogWriter): void {
    log.close()
    this.#parts.fs.remove(`${this.#parts.folder}/${log.name}`)
  }

  #create(): LogWriter {
    const { fs, folder, onLog } = this.#parts
    const name = `${toHex(randomBytes(8))}.log`
    const log = new LogWriter(name, fs.create(`${folder}/${name}`))
    onLog(name)
    return log
  }

  /** The new log's name, and those of the folders it is in, which another process may have made just now. */
  async #syncFolders(): Promise<void> {
    for (const folder of [this.#parts.folder, ...this.#parts.above]) await this.#parts.fs.syncFolder(folder)
  }
}

function outcomeUnknown(folder: string, cause: unknown): FirekeepError {
  return new FirekeepError(
    'STORAGE_FAILED',
    `the disk failed twice to make a write durable in ${folder}; check the disk and open the database again`,
    { cause, details: { folder } },
  )
}
