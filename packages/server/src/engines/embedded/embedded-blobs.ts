import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseLogId } from '@firekeep/core/protocol'
import { assertBlobKey } from '../../blobs/assert-blob-key.js'
import { isBlobName } from '../../blobs/blob-name.js'
import type { BlobContent, BlobRange, Blobs, StoredBlob } from '../../blobs/blobs.js'
import { checkBlob } from '../../blobs/check-blob.js'
import { CallsUnderWay } from './calls-under-way.js'
import { isMissing, makeFolder, syncFolder } from './durable-files.js'
import { FolderMaker } from './folder-maker.js'
import { KeyedMutex } from './keyed-mutex.js'
import { readChunks } from './read-chunks.js'
import type { RemovalGate } from './removal-gate.js'
import { onDisk } from './storage-failure.js'

const LEFT_OVER_MS = 24 * 60 * 60 * 1000

export interface EmbeddedBlobsOptions {
  /** Holds `blobs/<log>/<first two letters>/<name>` and, of puts under way, `tmp/`. */
  readonly folder: string
  readonly gate: RemovalGate
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Blobs as files, each written whole beside its place before it gets its name. Their time is that of the file. */
export class EmbeddedBlobs implements Blobs {
  readonly #options: EmbeddedBlobsOptions
  readonly #calls = new CallsUnderWay()
  readonly #folders: FolderMaker
  /** By log: a file gets its name, and is looked at and removed, without the other in between. */
  readonly #mutex = new KeyedMutex()

  private constructor(options: EmbeddedBlobsOptions) {
    this.#options = options
    this.#folders = new FolderMaker(join(options.folder, 'blobs'))
  }

  static async open(options: EmbeddedBlobsOptions): Promise<EmbeddedBlobs> {
    await onDisk(options.folder, async () => {
      await makeFolder(join(options.folder, 'blobs'))
      await makeFolder(join(options.folder, 'tmp'))
      await removeLeftOvers(join(options.folder, 'tmp'), options.now() - LEFT_OVER_MS)
    })
    return new EmbeddedBlobs(options)
  }

  put(log: string, name: string, content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> {
    return this.#calls.run(async () => {
      const path = this.#path(log, name)
      const temporary = join(this.#options.folder, 'tmp', randomUUID())
      try {
        await this.#write(temporary, checkBlob(name, content, maxBytes))
        await this.#mutex.run(log, () => onDisk(path, () => this.#place(temporary, path)))
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
    })
  }

  get(log: string, name: string, range: BlobRange = { offset: 0 }): Promise<BlobContent | undefined> {
    return this.#calls.run(async () => {
      const path = this.#path(log, name)
      const found = await statIfThere(path)
      return found && { size: found.size, stream: readChunks(path, range) }
    })
  }

  has(log: string, name: string): Promise<boolean> {
    return this.#calls.run(async () => (await statIfThere(this.#path(log, name))) !== undefined)
  }

  async *logs(): AsyncIterable<string> {
    this.#calls.assertOpen()
    for (const log of await namesIn(join(this.#options.folder, 'blobs'))) {
      if (parseLogId(log) !== undefined) yield log
    }
  }

  async *list(log: string): AsyncIterable<StoredBlob> {
    const folder = this.#folder(log)
    for (const letters of await namesIn(folder)) {
      for (const name of await namesIn(join(folder, letters))) {
        this.#calls.assertOpen()
        const found = isBlobName(name) ? await statIfThere(join(folder, letters, name)) : undefined
        if (found) yield { name, bytes: found.size, time: Math.round(found.mtimeMs) }
      }
    }
  }

  remove(
    log: string,
    names: readonly string[],
    olderThan = Number.POSITIVE_INFINITY,
  ): Promise<readonly string[]> {
    return this.#calls.run(async () => {
      assertBlobKey(log, ...names)
      await this.#options.gate.passed()
      const removed: string[] = []
      for (const name of names) {
        const path = this.#path(log, name)
        if (await this.#mutex.run(log, () => removeIfOlder(path, olderThan))) removed.push(name)
      }
      return removed
    })
  }

  touch(log: string, names: readonly string[]): Promise<void> {
    return this.#calls.run(async () => {
      assertBlobKey(log, ...names)
      const seconds = this.#options.now() / 1000
      for (const name of names) {
        const path = this.#path(log, name)
        await onDisk(path, () =>
          utimes(path, seconds, seconds).catch(error => {
            if (!isMissing(error)) throw error
          }),
        )
      }
    })
  }

  removeAll(log: string): Promise<void> {
    return this.#calls.run(async () => {
      const folder = this.#folder(log)
      await this.#options.gate.passed()
      await this.#mutex.run(log, () =>
        onDisk(folder, async () => {
          await rm(folder, { recursive: true, force: true })
          await syncFolder(dirname(folder))
        }),
      )
    })
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  async #write(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const handle = await onDisk(path, () => open(path, 'wx', 0o600))
    try {
      for await (const chunk of content) await onDisk(path, () => writeAll(handle, chunk))
      const seconds = this.#options.now() / 1000
      await onDisk(path, () => handle.utimes(seconds, seconds))
      // Not `datasync`: the time says when the blob may be collected, so it has to last as well.
      await onDisk(path, () => handle.sync())
    } finally {
      await handle.close()
    }
  }

  async #place(temporary: string, path: string): Promise<void> {
    await this.#folders.make(dirname(path))
    await rename(temporary, path)
    await syncFolder(dirname(path))
  }

  #folder(log: string): string {
    this.#calls.assertOpen()
    assertBlobKey(log)
    return join(this.#options.folder, 'blobs', log)
  }

  #path(log: string, name: string): string {
    assertBlobKey(log, name)
    return join(this.#options.folder, 'blobs', log, name.slice(0, 2), name)
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0
  while (written < chunk.length) written += (await handle.write(chunk, written)).bytesWritten
}

async function removeIfOlder(path: string, olderThan: number): Promise<boolean> {
  const found = await statIfThere(path)
  if (found === undefined || Math.round(found.mtimeMs) >= olderThan) return false
  await onDisk(path, () => unlink(path))
  return true
}

async function statIfThere(path: string) {
  return onDisk(path, () =>
    stat(path).catch(error => {
      if (isMissing(error)) return undefined
      throw error
    }),
  )
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return onDisk(folder, () =>
    readdir(folder).catch(error => {
      if (isMissing(error)) return []
      throw error
    }),
  )
}

async function removeLeftOvers(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if ((await stat(path)).mtimeMs < before) await rm(path)
  }
}
