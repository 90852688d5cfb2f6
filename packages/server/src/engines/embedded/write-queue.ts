import { closedError } from '../../log/log-errors.js'
import type { Connection } from './connection.js'
import type { LogWriter } from './log-writer.js'
import { storageFailure } from './storage-failure.js'

const BATCH_CALLS = 1000
const BATCH_BYTES = 8 * 1024 * 1024

/** What the queue writes through; opened anew after a failure. */
export interface WriteSession {
  readonly connection: Connection
  readonly writer: LogWriter
}

export interface WriteQueueOptions {
  readonly file: string
  readonly session: WriteSession
  readonly reopen: () => Promise<WriteSession>
  /** Milliseconds to wait for company before a commit; 0: until the next turn of the event loop. */
  readonly maxBatchDelay: number
}

/**
 * Group commit: calls that wait together, of whatever logs, become one transaction. A call resolves only when that is
 * durable; one that throws before it writes fails alone. When a transaction fails, all its calls reject with
 * `STORAGE_FAILED` and the file is opened anew before anything else is written: whether the bytes of a failed commit
 * reached the disk is unknown, and only a new look at the file tells what is there.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  #session: WriteSession | undefined
  readonly #waiting: Call[] = []
  readonly #checkpoints: Checkpoint[] = []
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(options: WriteQueueOptions) {
    this.#options = options
    this.#session = options.session
  }

  /** Runs `write` in the next transaction; `bytes` is about what it writes. */
  run<T>(write: (writer: LogWriter) => T, bytes = 0): Promise<T> {
    if (this.#isClosed) return Promise.reject(closedError())
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ write, bytes, resolve: value => resolve(value as T), reject })
      this.#running ??= this.#drain()
    })
  }

  /** Empties the write-ahead log, between two transactions; false while a reader is in the way. */
  checkpoint(): Promise<boolean> {
    if (this.#isClosed) return Promise.reject(closedError())
    return new Promise<boolean>((resolve, reject) => {
      this.#checkpoints.push({ resolve, reject })
      this.#running ??= this.#drain()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#running !== undefined) await this.#running
    // So that the database file alone has everything. Where that fails, the write-ahead log has it as before.
    await this.#session?.connection.checkpoint().catch(() => false)
    this.#session?.connection.close()
    this.#session = undefined
  }

  async #drain(): Promise<void> {
    await this.#company()
    while (this.#waiting.length + this.#checkpoints.length > 0) {
      if (this.#waiting.length > 0) await this.#commit(this.#take())
      if (this.#checkpoints.length > 0) await this.#empty(this.#checkpoints.splice(0))
    }
    this.#running = undefined
  }

  #company(): Promise<void> {
    const { maxBatchDelay } = this.#options
    return new Promise(resolve => {
      if (maxBatchDelay > 0) setTimeout(resolve, maxBatchDelay)
      else setImmediate(resolve)
    })
  }

  #take(): Call[] {
    let bytes = 0
    let count = 0
    for (const call of this.#waiting) {
      bytes += call.bytes
      if (count > 0 && (bytes > BATCH_BYTES || count === BATCH_CALLS)) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    try {
      const { connection, writer } = await this.#mustSession()
      connection.begin()
      const outcomes = calls.map(call => attempt(call, writer))
      writer.flush()
      await connection.exec('COMMIT')
      for (const settle of outcomes) settle()
    } catch (cause) {
      await this.#abandon()
      const error = storageFailure(cause, this.#options.file)
      for (const { reject } of calls) reject(error)
    }
  }

  async #empty(checkpoints: readonly Checkpoint[]): Promise<void> {
    try {
      const { connection } = await this.#mustSession()
      const isEmpty = await connection.checkpoint()
      for (const { resolve } of checkpoints) resolve(isEmpty)
    } catch (cause) {
      await this.#abandon()
      const error = storageFailure(cause, this.#options.file)
      for (const { reject } of checkpoints) reject(error)
    }
  }

  async #abandon(): Promise<void> {
    const connection = this.#session?.connection
    this.#session = undefined
    // Closing alone does not end the transaction: prepared statements keep the connection until they are collected.
    await connection?.exec('ROLLBACK').catch(() => undefined)
    connection?.close()
  }

  async #mustSession(): Promise<WriteSession> {
    this.#session ??= await this.#options.reopen()
    return this.#session
  }
}

interface Checkpoint {
  readonly resolve: (isEmpty: boolean) => void
  readonly reject: (error: unknown) => void
}

interface Call {
  readonly write: (writer: LogWriter) => unknown
  readonly bytes: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Runs a call; answers what tells its caller, once the transaction is durable. */
function attempt({ write, resolve, reject }: Call, writer: LogWriter): () => void {
  try {
    const value = write(writer)
    return () => resolve(value)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return () => reject(error)
  }
}

/** Errors of ours are thrown before anything is written; any other leaves the transaction in an unknown state. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'FirekeepError'
}
