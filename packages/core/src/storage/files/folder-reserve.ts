import { randomBytes } from '../../primitives/bytes.js'
import type { FileSystem } from './file-system.js'

const STEP = 65_536

/**
 * The room held back so that deleting works when the disk is full: a file of random bytes (zeros may be stored
 * as nothing) that is removed when it is needed and made again before the next ordinary batch.
 */
export class FolderReserve {
  readonly #fs: FileSystem
  readonly #path: string
  readonly #size: number
  #isPresent = false

  constructor(fs: FileSystem, path: string, size: number) {
    this.#fs = fs
    this.#path = path
    this.#size = size
  }

  /** To be called when others may have dropped it. */
  look(): void {
    this.#isPresent = this.#size === 0 || this.#fs.size(this.#path) === this.#size
  }

  /** Holds the room back, or throws what the file system says when there is none. */
  ensure(): void {
    if (this.#isPresent) return
    this.#fs.remove(this.#path)
    const file = this.#fs.create(this.#path)
    try {
      for (let at = 0; at < this.#size; at += STEP)
        file.write(randomBytes(Math.min(STEP, this.#size - at)), at)
    } catch (error) {
      this.#fs.remove(this.#path)
      throw error
    } finally {
      file.close()
    }
    this.#isPresent = true
  }

  /** Gives the room free. */
  drop(): void {
    this.#isPresent = false
    this.#fs.remove(this.#path)
  }
}
