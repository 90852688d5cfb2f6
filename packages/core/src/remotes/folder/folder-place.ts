import { FirekeepError } from '../../errors.js'
import { randomBytes, toBase32 } from '../../primitives/bytes.js'
import type { BlobBytes } from '../../protocol/remote.js'
import type { FileHandle, FileSystem } from '../../storage/files/file-system.js'
import { blobPieces } from '../blob-pieces.js'

/**
 * The files of one database in the folder of a remote. A file gets its name only when its bytes are durable, and a
 * name is acknowledged only when the folder is: what is found is whole, and stays.
 */
export class FolderPlace {
  readonly entries: string
  readonly blobs: string
  readonly pointers: string
  readonly fs: FileSystem
  readonly #root: string
  readonly #tombstones: string
  readonly #logId: string

  constructor(fs: FileSystem, root: string, logId: string) {
    this.fs = fs
    this.#root = root
    this.#logId = logId
    this.entries = `${root}/logs/${logId}`
    this.blobs = `${root}/blobs/${logId}`
    this.pointers = `${root}/pointers/${logId}`
    this.#tombstones = `${root}/deleted`
  }

  /** `REMOTE_UNAVAILABLE` without the folder, which is never made here: its drive may be missing. `GONE`. */
  assertUsable(): void {
    if (this.fs.list(this.#root) === undefined) {
      throw new FirekeepError(
        'REMOTE_UNAVAILABLE',
        `there is no folder ${this.#root}; its drive may be missing`,
      )
    }
    if (this.fs.size(`${this.#tombstones}/${this.#logId}`) === undefined) return
    throw new FirekeepError('GONE', 'the database was deleted on this remote for good')
  }

  /** Makes a file under a name that is free; answers whether it was. Durable when it resolves, either way. */
  async add(folder: string, name: string, bytes: Uint8Array): Promise<boolean> {
    const path = await this.#writeAside(folder, bytes)
    try {
      return this.fs.link(path, `${folder}/${name}`)
    } finally {
      this.fs.remove(path)
      await this.fs.syncFolder(folder)
    }
  }

  /** Puts a file in the place of the one of this name. */
  async replace(folder: string, name: string, bytes: BlobBytes): Promise<void> {
    const path = await this.#writeAside(folder, bytes)
    this.fs.rename(path, `${folder}/${name}`)
    await this.fs.syncFolder(folder)
  }

  /** A part of a file; `undefined` where there is no such file. */
  async read(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const file = this.fs.open(path)
    if (file === undefined) return undefined
    try {
      return await readPart(file, offset, length)
    } finally {
      file.close()
    }
  }

  /** Deletes all, the tombstone first: what an interrupted call leaves nobody can read. */
  async erase(): Promise<void> {
    await this.add(this.#tombstones, this.#logId, new Uint8Array(0))
    for (const folder of [this.pointers, this.entries, this.blobs]) this.fs.removeFolder(folder)
  }

  async #writeAside(folder: string, bytes: BlobBytes): Promise<string> {
    this.fs.makeFolder(folder)
    const path = `${folder}/new-${toBase32(randomBytes(10))}`
    const file = this.fs.create(path)
    try {
      let offset = 0
      for await (const piece of blobPieces(bytes)) {
        file.write(piece, offset)
        offset += piece.length
      }
      await file.sync()
    } catch (error) {
      this.fs.remove(path)
      throw error
    } finally {
      file.close()
    }
    return path
  }
}

async function readPart(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, file.size() - offset)))
  const count = await file.readLater(bytes, offset)
  return count === bytes.length ? bytes : bytes.subarray(0, count)
}
