import { createHash } from 'node:crypto'
import { FirekeepError } from '@firekeep/core'
import type { RemotePointer, StoredPointer } from '@firekeep/core/protocol'
import { digestToName } from '../../blobs/blob-name.js'
import { AppendListeners } from '../../log/append-listeners.js'
import type { AppendedEntry, Log, LogInfo, NewEntry, ReadLimits, StoredPage } from '../../log/log.js'
import { CallsUnderWay } from './calls-under-way.js'
import { type Connection, openReadConnection } from './connection.js'
import { LogReader } from './log-reader.js'
import { LogWriter } from './log-writer.js'
import type { RemovalGate } from './removal-gate.js'
import { prepareSchema } from './schema.js'
import { onDisk, storageFailure } from './storage-failure.js'
import { WriteQueue, type WriteSession } from './write-queue.js'

const ERASE_TRIES = 10

export interface EmbeddedLogOptions {
  readonly file: string
  readonly maxBatchDelay: number
  readonly gate: RemovalGate
  readonly connect: (file: string) => Promise<Connection>
}

/** Logs in one SQLite file, of one process: reads in this thread, commits in groups in another. */
export class EmbeddedLog implements Log {
  readonly #file: string
  readonly #gate: RemovalGate
  readonly #queue: WriteQueue
  readonly #reader: LogReader
  readonly #calls = new CallsUnderWay()
  readonly #listeners = new AppendListeners()
  /** Whether bytes that were removed may still be in the files. */
  #isUnfinished = false

  private constructor({ file, gate }: EmbeddedLogOptions, queue: WriteQueue, reader: LogReader) {
    this.#file = file
    this.#gate = gate
    this.#queue = queue
    this.#reader = reader
  }

  static async open(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
    const { file, maxBatchDelay } = options
    const session = await openSession(options)
    const reader = await onDisk(file, async () => new LogReader(openReadConnection(file)))
    const queue = new WriteQueue({ file, session, maxBatchDelay, reopen: () => reopenSession(options) })
    const log = new EmbeddedLog(options, queue, reader)
    try {
      await log.#clearAll()
      // A crash may have left bytes of a redacted pack. Something else that reads the file is no reason not to start.
      log.#isUnfinished = !(await queue.checkpoint().catch(() => false))
      return log
    } catch (error) {
      await log.close()
      throw error
    }
  }

  async append(log: string, entry: NewEntry): Promise<AppendedEntry> {
    const write = (writer: LogWriter): AppendedEntry => writer.append(log, entry)
    const appended = await this.#calls.run(() => this.#queue.run(write, entry.pack.length))
    if (!appended.isRepeated) this.#listeners.tell(log, appended.seq)
    return appended
  }

  async read(log: string, after: number, limits: ReadLimits): Promise<StoredPage> {
    return this.#look(reader => reader.read(log, after, limits))
  }

  async digests(log: string, after: number, limit: number): Promise<readonly Uint8Array[]> {
    return this.#look(reader => reader.digests(log, after, limit))
  }

  async getPointer(log: string): Promise<StoredPointer | undefined> {
    return this.#look(reader => reader.getPointer(log))
  }

  async setPointer(log: string, pointer: RemotePointer, replaces: string | undefined): Promise<boolean> {
    const version = digestToName(createHash('sha256').update(pointer.sealed).digest())
    const write = (writer: LogWriter): boolean => writer.setPointer(log, pointer, version, replaces)
    return this.#calls.run(() => this.#queue.run(write, pointer.sealed.length))
  }

  async redact(log: string, seq: number, pack: Uint8Array, maxBytes?: number): Promise<void> {
    await this.#calls.run(async () => {
      await this.#queue.run(writer => writer.redact(log, seq, pack, maxBytes), pack.length)
      await this.#finishing(() => this.#erase())
    })
  }

  async remove(log: string): Promise<void> {
    await this.#calls.run(async () => {
      const id = await this.#queue.run(writer => writer.bury(log))
      await this.#finishing(async () => {
        await this.#clear(id)
        await this.#erase()
      })
    })
  }

  async info(log: string): Promise<LogInfo> {
    return this.#look(reader => reader.info(log))
  }

  async *list(): AsyncIterable<string> {
    let after: string | undefined = ''
    while (after !== undefined) {
      const from: string = after
      const logs = this.#look(reader => reader.list(from))
      yield* logs
      after = logs.at(-1)
    }
  }

  async referencedBlobs(log: string): Promise<ReadonlySet<string>> {
    return this.#look(reader => reader.referencedBlobs(log))
  }

  watch(listener: (log: string, seq: number) => void): () => void {
    this.#calls.assertOpen()
    return this.#listeners.add(listener)
  }

  /** Rejects unless a transaction can be made. Removals that failed go on then, in the background. */
  async check(): Promise<void> {
    await this.#calls.run(() => this.#queue.run(() => undefined))
    // Not awaited: who makes a copy checks first, and removals wait for copies.
    if (this.#isUnfinished) this.#calls.run(() => this.#finishRemovals()).catch(() => undefined)
  }

  async close(): Promise<void> {
    await this.#calls.close()
    await this.#queue.close()
    this.#reader.close()
    this.#listeners.clear()
  }

  #look<T>(read: (reader: LogReader) => T): T {
    this.#calls.assertOpen()
    try {
      return read(this.#reader)
    } catch (error) {
      throw storageFailure(error, this.#file)
    }
  }

  /** Runs the end of a removal; where it fails, a later `check` takes it up again. */
  async #finishing(end: () => Promise<void>): Promise<void> {
    try {
      await end()
    } catch (error) {
      this.#isUnfinished = true
      throw error
    }
  }

  /** Removals whose end failed. */
  async #finishRemovals(): Promise<void> {
    this.#isUnfinished = false
    await this.#finishing(async () => {
      await this.#clearAll()
      await this.#erase()
    })
  }

  /** Removals that a crash or a failure cut short. */
  async #clearAll(): Promise<void> {
    for (;;) {
      const id = await this.#queue.run(writer => writer.findUncleared())
      if (id === undefined) return
      await this.#clear(id)
    }
  }

  /** By and by, so that a large log neither swells the write-ahead log nor holds up others. */
  async #clear(id: number): Promise<void> {
    while (await this.#queue.run(writer => writer.clearSome(id), CLEARED_BYTES));
  }

  /** What was overwritten is still in the write-ahead log; empties it. Waits for copies, which read both. */
  async #erase(): Promise<void> {
    for (let count = 0; count < ERASE_TRIES; count++) {
      await this.#gate.passed()
      if (await this.#queue.checkpoint()) return
    }
    const message = `${this.#file}: the change stands, but old bytes cannot be erased while something else, such as a backup, reads the file. Try again later.`
    throw new FirekeepError('STORAGE_FAILED', message, { details: { file: this.#file } })
  }
}

const CLEARED_BYTES = 1024 * 1024

async function openSession({ file, connect }: EmbeddedLogOptions): Promise<WriteSession> {
  return onDisk(file, async () => {
    const connection = await connect(file)
    try {
      await prepareSchema(connection, file)
      return { connection, writer: await LogWriter.open(connection) }
    } catch (error) {
      connection.close()
      throw error
    }
  })
}

/**
 * After a failed commit. Everything that is in the write-ahead log goes to the database file first: frames that a
 * failed fsync left in memory only must not become what later commits stand on.
 */
async function reopenSession(options: EmbeddedLogOptions): Promise<WriteSession> {
  const session = await openSession(options)
  if (await session.connection.checkpoint()) return session
  session.connection.close()
  throw new FirekeepError(
    'STORAGE_FAILED',
    `${options.file} cannot be recovered while something else reads it`,
  )
}
