import { concatBytes } from './bytes.js'

/** Reads a stream of bytes in pieces of the lengths that are asked for, whatever the lengths of its chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Uint8Array = new Uint8Array(0)
  #hasEnded = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  /** The next bytes, which stay where they are: `length` of them, or fewer where the stream ends. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#held.length < length) await this.#fill(length)
    return this.#held.subarray(0, length)
  }

  /** As {@link ByteReader.peek}, and goes on behind them. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length)
    this.#held = this.#held.subarray(bytes.length)
    return bytes
  }

  /** All that is left, as it comes. Ends the reader. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    try {
      while ((await this.peek(1)).length > 0) yield await this.take(this.#held.length)
    } finally {
      await this.close()
    }
  }

  /** Tells the source that nothing more is read. */
  async close(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    await this.#chunks.return?.()
  }

  async #fill(length: number): Promise<void> {
    const parts = [this.#held]
    let held = this.#held.length
    while (held < length && !this.#hasEnded) {
      const { done, value } = await this.#chunks.next()
      if (done) this.#hasEnded = true
      else {
        parts.push(value)
        held += value.length
      }
    }
    this.#held = parts.length === 1 ? this.#held : concatBytes(...parts)
  }
}
