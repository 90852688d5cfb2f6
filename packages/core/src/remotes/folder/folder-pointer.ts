import * as dagCbor from '@ipld/dag-cbor'
import { toBase32 } from '../../primitives/bytes.js'
import { BLOBS_LISTED } from '../../protocol/limits.js'
import { digestPack } from '../../protocol/log-hash.js'
import type { RemotePointer, StoredPointer } from '../../protocol/remote.js'
import { bytes, listOf, record, text, wholeNumber } from '../../protocol/shape.js'
import type { FolderPlace } from './folder-place.js'

const SHAPE = record({ seq: wholeNumber(), blobs: listOf(text(64), BLOBS_LISTED), sealed: bytes() })
const KEPT = 2

/**
 * The pointer of a log: a file each time it is set, named by a number that grows; the greatest counts. Of all who
 * want to replace one, one gets the next number.
 */
export class FolderPointer {
  readonly #place: FolderPlace

  constructor(place: FolderPlace) {
    this.#place = place
  }

  async get(): Promise<StoredPointer | undefined> {
    for (;;) {
      const [newest] = this.#numbers()
      if (newest === undefined) return undefined
      const pointer = await this.#read(newest)
      // Else it was replaced, and removed, since.
      if (pointer !== undefined) return pointer
    }
  }

  /** Sets it in the place of one version; answers whether it stands there. */
  async set({ seq, blobs, sealed }: RemotePointer, replaces: string | undefined): Promise<boolean> {
    const version = toBase32(digestPack(sealed))
    const encoded = dagCbor.encode({ seq, blobs, sealed })
    for (;;) {
      const [newest = 0] = this.#numbers()
      const present = await this.get()
      if (present?.version === version) return true
      if (present?.version !== replaces) return false
      if (!(await this.#place.add(this.#place.pointers, nameOf(newest + 1), encoded))) continue
      return this.#isNewest(newest + 1)
    }
  }

  /** A number that others passed and removed meanwhile was free again, but counts no more. */
  #isNewest(number: number): boolean {
    const numbers = this.#numbers()
    if (numbers[0] !== number) {
      this.#remove(number)
      return false
    }
    for (const old of numbers.slice(KEPT)) this.#remove(old)
    return true
  }

  async #read(number: number): Promise<StoredPointer | undefined> {
    const path = `${this.#place.pointers}/${nameOf(number)}`
    const encoded = await this.#place.read(path, 0, Number.MAX_SAFE_INTEGER)
    if (encoded === undefined) return undefined
    const value = dagCbor.decode<RemotePointer>(encoded)
    if (!SHAPE(value)) throw new TypeError('the file of the pointer has another form')
    return { ...value, version: toBase32(digestPack(value.sealed)) }
  }

  /** The greatest first. */
  #numbers(): number[] {
    const names = this.#place.fs.list(this.#place.pointers) ?? []
    return names
      .filter(name => /^\d{10}$/.test(name))
      .map(Number)
      .sort((a, b) => b - a)
  }

  #remove(number: number): void {
    this.#place.fs.remove(`${this.#place.pointers}/${nameOf(number)}`)
  }
}

function nameOf(number: number): string {
  return String(number).padStart(10, '0')
}
