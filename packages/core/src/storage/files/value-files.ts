import { FirekeepError } from '../../errors.js'
import { randomBytes, toHex } from '../../primitives/bytes.js'
import type { StorageEntry } from '../storage.js'
import type { FileSystem } from './file-system.js'
import type { FileValue } from './frame.js'

export type PlacedEntry = readonly [key: string, value: Uint8Array | FileValue]

/** Values above this size get a file of their own. */
const INLINE_LIMIT = 65_536
/** Times a value is written anew where somebody swept it away before it had its name. */
const ATTEMPTS = 5

/**
 * Files that hold one large value each. A file is complete and durable before a log names it, is never changed,
 * and is removed once no log names it any more: bytes first, name last.
 */
export class ValueFiles {
  readonly #fs: FileSystem
  readonly #folder: string

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs
    this.#folder = folder
  }

  /** Stores the large ones among the values; the answer says where each is. */
  async store(entries: readonly StorageEntry[]): Promise<readonly PlacedEntry[]> {
    if (entries.every(([, value]) => value.length <= INLINE_LIMIT)) return entries
    const placed: PlacedEntry[] = []
    try {
      for (const [key, value] of entries) {
        placed.push([key, value.length > INLINE_LIMIT ? await this.#write(value) : value])
      }
      await this.#fs.syncFolder(this.#folder)
      return placed
    } catch (error) {
      this.remove(filesOf(placed))
      throw error
    }
  }

  /** Whether nobody swept away what `store` made, which no log names yet. */
  exist(placed: readonly PlacedEntry[]): boolean {
    return filesOf(placed).every(file => this.#fs.size(this.#path(file)) !== undefined)
  }

  /** Part of a value, or `undefined` where its file is gone. */
  async read({ file, length }: FileValue, offset: number, end: number): Promise<Uint8Array | undefined> {
    const handle = this.#fs.open(this.#path(file))
    if (handle === undefined) return undefined
    try {
      const bytes = new Uint8Array(Math.max(Math.min(end, length) - offset, 0))
      if ((await handle.readLater(bytes, offset)) === bytes.length) return bytes
    } finally {
      handle.close()
    }
    throw new FirekeepError('CORRUPT', `${this.#path(file)} is shorter than it was written`, {
      details: { file },
    })
  }

  remove(files: readonly string[]): void {
    for (const file of files) this.#fs.remove(this.#path(file))
  }

  /**
   * Removes what a crash left: files last written before a time that nothing names. Somebody may be writing such a
   * file just now; whoever writes therefore looks, as the owner of the folder's lock, whether his files still exist.
   */
  sweep(isNamed: (file: string) => boolean, before = Number.POSITIVE_INFINITY): void {
    for (const file of this.#fs.list(this.#folder) ?? []) {
      const modified = this.#fs.modified(this.#path(file))
      if (modified !== undefined && modified < before && !isNamed(file)) this.remove([file])
    }
  }

  /** Makes removals durable. */
  sync(): Promise<void> {
    return this.#fs.syncFolder(this.#folder)
  }

  async #write(value: Uint8Array): Promise<FileValue> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#tryToWrite(value)
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOENT' || attempt === ATTEMPTS) throw error
      }
    }
  }

  async #tryToWrite(value: Uint8Array): Promise<FileValue> {
    const name = toHex(randomBytes(8))
    const temporary = this.#path(`${name}.new`)
    const handle = this.#fs.create(temporary)
    try {
      handle.write(value, 0)
      await handle.sync()
    } catch (error) {
      this.#fs.remove(temporary)
      throw error
    } finally {
      handle.close()
    }
    const file = `${name}.value`
    this.#fs.rename(temporary, this.#path(file))
    return { file, length: value.length }
  }

  #path(file: string): string {
    return `${this.#folder}/${file}`
  }
}

/** The files that these entries made. */
export function filesOf(entries: readonly PlacedEntry[]): string[] {
  return entries.flatMap(([, value]) => (value instanceof Uint8Array ? [] : [value.file]))
}
