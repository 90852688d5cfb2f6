import { FirekeepError } from '../errors.js'

/**
 * Reads an entry of a snapshot's trees from front to back. Whatever is not exactly as `docs/format.md` has it is
 * `CORRUPT`: an entry has one spelling, so that equal histories have equal roots (L1).
 */
export class RecordReader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #offset = 0

  /** `what` names the entry in errors. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes
    this.#what = what
  }

  byte(): number {
    return this.#bytes[this.skip(1)] as number
  }

  /** An unsigned LEB128 number below 2^53 in its shortest form. */
  varint(): number {
    const first = this.byte()
    return first < 0x80 ? first : this.#longVarint(first & 0x7f)
  }

  /** Eight bytes, big endian, below 2^53. */
  uint64(): number {
    let value = 0
    for (let i = 0; i < 8; i++) value = value * 256 + this.byte()
    this.check(value <= Number.MAX_SAFE_INTEGER)
    return value
  }

  /** Passes over so many bytes; answers where they begin. */
  skip(length: number): number {
    const start = this.#offset
    this.check(length <= this.#bytes.length - start)
    this.#offset = start + length
    return start
  }

  /** So many bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.skip(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** That nothing follows. */
  end(): void {
    this.check(this.#offset === this.#bytes.length)
  }

  check(condition: boolean): void {
    if (!condition) throw new FirekeepError('CORRUPT', `${this.#what} of a snapshot is damaged`)
  }

  #longVarint(low: number): number {
    let value = low
    let byte = 0x80
    for (let scale = 2 ** 7; byte >= 0x80; scale *= 2 ** 7) {
      byte = this.byte()
      value += (byte & 0x7f) * scale
      // Whatever is too large to be exact is 2^53 at least; the scale bounds a row of empty bytes.
      this.check(byte !== 0 && value <= Number.MAX_SAFE_INTEGER && scale <= 2 ** 49)
    }
    return value
  }
}
