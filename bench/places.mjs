import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The folders in which cells store: each gets one of its own, empty or a copy of what a process filled once for all
 * rounds and measures of that size.
 */
export class Places {
  /** @type {Map<string, Promise<string>>} */
  #filled = new Map()
  #count = 0

  /**
   * @param {string} root
   * @param {(contender: string, documents: number, dir: string) => Promise<unknown>} fill
   * @private use {@link Places.open}
   */
  constructor(root, fill) {
    /** @readonly */
    this.root = root
    /** @readonly */
    this.fill = fill
  }

  /**
   * @param {(contender: string, documents: number, dir: string) => Promise<unknown>} fill stores documents in a
   *   folder, in a process that has ended when it resolves
   */
  static async open(fill) {
    return new Places(await mkdtemp(join(tmpdir(), 'firekeep-bench-')), fill)
  }

  /**
   * Lets a cell use a folder, which is removed then.
   *
   * @template T
   * @param {string} contender
   * @param {number} documents that it holds, 0 for none
   * @param {(dir: string) => Promise<T>} use
   * @returns {Promise<T>}
   */
  async lend(contender, documents, use) {
    const dir = this.#newDir()
    try {
      if (documents === 0) await mkdir(dir)
      else await cp(await this.#filledDir(contender, documents), dir, { recursive: true })
      return await use(dir)
    } finally {
      await remove(dir)
    }
  }

  close() {
    return remove(this.root)
  }

  /**
   * @param {string} contender
   * @param {number} documents
   */
  #filledDir(contender, documents) {
    const key = `${contender} ${documents}`
    const known = this.#filled.get(key) ?? this.#makeFilled(contender, documents)
    this.#filled.set(key, known)
    return known
  }

  /**
   * @param {string} contender
   * @param {number} documents
   */
  async #makeFilled(contender, documents) {
    const dir = this.#newDir()
    await mkdir(dir)
    await this.fill(contender, documents, dir)
    return dir
  }

  #newDir() {
    this.#count += 1
    return join(this.root, String(this.#count))
  }
}

/**
 * A browser that was closed may still write for a moment.
 *
 * @param {string} dir
 */
function remove(dir) {
  return rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
