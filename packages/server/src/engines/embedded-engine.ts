import { access, constants, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FirekeepError } from '@firekeep/core'
import { backUpFolder } from './embedded/back-up-folder.js'
import { type Connection, openConnection } from './embedded/connection.js'
import { isMissing, makeFolder } from './embedded/durable-files.js'
import { EmbeddedBlobs } from './embedded/embedded-blobs.js'
import { EmbeddedLog } from './embedded/embedded-log.js'
import { DATABASE_NAME } from './embedded/folder-layout.js'
import { lockFolder } from './embedded/folder-lock.js'
import { RemovalGate } from './embedded/removal-gate.js'
import { onDisk } from './embedded/storage-failure.js'
import type { Engine } from './engine.js'

export interface EmbeddedEngineOptions {
  /** The folder of the data; made where it is missing. */
  readonly dir: string
  /** Milliseconds that a commit waits for others to join. Default 0: those of one turn of the event loop, and all that came during the commit before. */
  readonly maxBatchDelay?: number
  /** The time in milliseconds since 1970. */
  readonly now?: () => number
  /** Opens the connection that writes. */
  readonly connect?: (file: string) => Promise<Connection>
}

/**
 * An engine of one process that needs no set-up: logs in a SQLite file, blobs as files beside it. It is for local
 * disks; on network file systems locks and fsync may not do what they say.
 *
 * Errors: `STORAGE_FAILED` when the folder is in use by another process or cannot be written, `CORRUPT` when it is
 * damaged, `UNSUPPORTED_FORMAT` when a newer version wrote it.
 *
 * @example
 * ```ts
 * const engine = await openEmbeddedEngine({ dir: '/var/lib/firekeep' })
 * await engine.backup?.('/backup/today')
 * await engine.close()
 * ```
 */
export async function openEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  const { dir, maxBatchDelay = 0, now = Date.now, connect = openConnection } = options
  await onDisk(dir, () => makeFolder(dir))
  const unlock = lockFolder(dir)
  const gate = new RemovalGate()
  try {
    await onDisk(dir, () => assertWhole(dir))
    const log = await EmbeddedLog.open({ file: join(dir, DATABASE_NAME), maxBatchDelay, gate, connect })
    const blobs = await EmbeddedBlobs.open({ folder: dir, gate, now }).catch(async error => {
      await log.close()
      throw error
    })
    return new EmbeddedEngine({ dir, log, blobs, gate, unlock })
  } catch (error) {
    unlock()
    throw error
  }
}

interface Parts {
  readonly dir: string
  readonly log: EmbeddedLog
  readonly blobs: EmbeddedBlobs
  readonly gate: RemovalGate
  readonly unlock: () => void
}

class EmbeddedEngine implements Engine {
  readonly log: EmbeddedLog
  readonly blobs: EmbeddedBlobs
  readonly #parts: Parts
  #backup: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(parts: Parts) {
    this.log = parts.log
    this.blobs = parts.blobs
    this.#parts = parts
  }

  async check(): Promise<void> {
    await this.log.check()
    const { dir } = this.#parts
    await onDisk(dir, () => access(join(dir, 'blobs'), constants.W_OK))
  }

  async backup(folder: string): Promise<void> {
    const { dir, gate } = this.#parts
    const backup = gate.hold(async () => {
      await this.check()
      await backUpFolder(dir, folder)
    })
    this.#backup = Promise.allSettled([this.#backup, backup]).then(() => undefined)
    await backup
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([this.log.close(), this.blobs.close(), this.#backup])
    this.#parts.unlock()
  }
}

/** A folder that lost its database must not look like an empty one. */
async function assertWhole(dir: string): Promise<void> {
  const namesOf = async (folder: string): Promise<readonly string[]> =>
    readdir(folder).catch(error => {
      if (isMissing(error)) return []
      throw error
    })
  const names = await namesOf(dir)
  if (names.includes(DATABASE_NAME) || (await namesOf(join(dir, 'blobs'))).length === 0) return
  const message = `${dir} holds blobs but no ${DATABASE_NAME}: restore the whole folder from a backup, or empty it to start anew`
  throw new FirekeepError('CORRUPT', message, { details: { folder: dir } })
}
