import { randomBytes } from '../../primitives/bytes.js'
import { reserveSize } from '../reserve-size.js'
import type { FileSystem } from './file-system.js'

const STEP = 65_536
/** Enough to write all of a small folder anew beside what there is. */
const SHARE = 1.25

/**
 * The room held back so that deleting works when the disk is full: a file of random bytes (zeros may be stored
 * as nothing) that is removed when it is needed and made again before the next ordinary batch. It grows with the
 * storage by the rule of {@link reserveSize}, with the size of the disk as the quota.
 */
export class FolderReserve {
  readonly #fs: FileSystem
  readonly #path: string
  readonly #fixed: number | undefined
  #held = 0
  #diskSize: number | undefined

  /** With `fixed` it has that size, whatever is stored. */
  constructor(fs: FileSystem, path: string, fixed?: number) {
    this.#fs = fs
    this.#path = path
    this.#fixed = fixed
  }

  /** To be called when others may have dropped it. */
  look(): void {
    this.#held = this.#fs.size(this.#path) ?? 0
  }

  /** Holds the room back for so many bytes stored, or throws what the file system says when there is none. */
  ensure(stored: number): void {
    const size = this.#sizeFor(stored)
    if (this.#held >= size) return
    this.drop()
    const file = this.#fs.create(this.#path)
    try {
      for (let at = 0; at < size; at += STEP) file.write(randomBytes(Math.min(STEP, size - at)), at)
    } catch (error) {
      this.#fs.remove(this.#path)
      throw error
    } finally {
      file.close()
    }
    this.#held = size
  }

  /** Gives the room free. */
  drop(): void {
    this.#held = 0
    this.#fs.remove(this.#path)
  }

  #sizeFor(stored: number): number {
    if (this.#fixed !== undefined) return this.#fixed
    const folder = this.#path.slice(0, this.#path.lastIndexOf('/'))
    this.#diskSize ??= this.#fs.diskSize(folder) ?? Number.POSITIVE_INFINITY
    return reserveSize(stored, SHARE, this.#diskSize)
  }
}
