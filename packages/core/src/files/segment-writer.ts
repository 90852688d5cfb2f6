import { createSha256 } from '../codec/sha256.js'
import { FirekeepError } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { Storage } from '../storage/storage.js'
import type { FilePackRecord } from './file-pack-record.js'
import { segmentKey } from './segment-key.js'

/** Stores bytes as they come in segments of one size, and makes their hash; it keeps one segment in memory. */
export class SegmentWriter {
  readonly #storage: Pick<Storage, 'batch' | 'get'>
  readonly #id: string
  readonly #segmentBytes: number
  readonly #hash = createSha256()
  #buffer: Uint8Array | undefined
  #filled = 0
  #stored = 0
  #length = 0

  constructor(parts: {
    readonly storage: Pick<Storage, 'batch' | 'get'>
    readonly id: string
    readonly segmentBytes: number
  }) {
    this.#storage = parts.storage
    this.#id = parts.id
    this.#segmentBytes = parts.segmentBytes
  }

  /** What the record of the pack says. */
  get content(): FilePackRecord {
    return { id: this.#id, segments: this.#stored, length: this.#length, segmentBytes: this.#segmentBytes }
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes)
    this.#length += bytes.length
    for (let at = 0; at < bytes.length; ) {
      this.#buffer ??= await this.#begin()
      const piece = bytes.subarray(at, at + this.#segmentBytes - this.#filled)
      this.#buffer.set(piece, this.#filled)
      this.#filled += piece.length
      at += piece.length
      if (this.#filled === this.#segmentBytes) await this.#store()
    }
  }

  /** Stores what there is of the last segment and lets go of the memory; the next bytes go on behind it. */
  async rest(): Promise<void> {
    if (this.#buffer !== undefined && this.#filled > 0) {
      await this.#storage.batch([[this.#key, this.#buffer.subarray(0, this.#filled)]], [])
    }
    this.#buffer = undefined
  }

  /** Stores the rest. Answers the name of the pack: the SHA-256 of all bytes, as base32. */
  async end(): Promise<string> {
    if (this.#filled > 0) {
      this.#buffer ??= await this.#begin()
      await this.#store()
    }
    this.#buffer = undefined
    return toBase32(this.#hash.digest())
  }

  /** Removes all segments. */
  async discard(): Promise<void> {
    this.#buffer = undefined
    const keys = Array.from({ length: this.#stored + 1 }, (_, number) => segmentKey(this.#id, number))
    await this.#storage.batch([], keys)
  }

  get #key(): string {
    return segmentKey(this.#id, this.#stored)
  }

  /** A segment, with what was stored of it when the writer rested. */
  async #begin(): Promise<Uint8Array> {
    const buffer = new Uint8Array(this.#segmentBytes)
    const stored = this.#filled > 0 ? await this.#storage.get(this.#key) : undefined
    if (stored?.length !== (this.#filled || undefined))
      throw new FirekeepError('CORRUPT', 'a part of a file that is being stored is missing')
    if (stored !== undefined) buffer.set(stored)
    return buffer
  }

  async #store(): Promise<void> {
    const segment = (this.#buffer as Uint8Array).subarray(0, this.#filled)
    await this.#storage.batch([[this.#key, segment]], [])
    this.#stored += 1
    this.#filled = 0
  }
}
