import { assert } from '../errors.js'

/** Writes an entry of a snapshot's trees from front to back: the counterpart of `RecordReader`. */
export class RecordWriter {
  readonly #bytes: Uint8Array
  #length = 0

  /** `capacity` is at least what will be written. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value
  }

  /** An unsigned LEB128 number below 2^53. */
  varint(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a varint is a number from 0')
    let rest = value
    // Not by shifts, which end at 32 bits.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte(0x80 + (rest % 0x80))
    this.byte(rest)
  }

  /** Eight bytes, big endian, below 2^53. */
  uint64(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a number of 8 bytes is one from 0')
    let rest = value
    for (let i = 7; i >= 0; i--, rest = Math.floor(rest / 256)) this.#bytes[this.#length + i] = rest % 256
    this.#length += 8
  }

  append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** What was written, not copied: what was reserved in vain is a few bytes. */
  finish(): Uint8Array {
    assert(this.#length <= this.#bytes.length, 'a record fits what was reserved for it')
    return this.#bytes.subarray(0, this.#length)
  }
}

/** The most bytes that {@link RecordWriter.varint} writes. */
export const MAX_VARINT_BYTES = 8
