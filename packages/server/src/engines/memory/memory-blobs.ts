import { assertBlobKey } from '../../blobs/assert-blob-key.js'
import type { BlobContent, BlobRange, Blobs, StoredBlob } from '../../blobs/blobs.js'
import { checkBlob } from '../../blobs/check-blob.js'
import { closedError } from '../../log/log-errors.js'

/** Blobs in memory: for tests, and for servers that need not remember. `now` is milliseconds since 1970. */
export class MemoryBlobs implements Blobs {
  readonly #now: () => number
  readonly #blobByNameByLog = new Map<string, Map<string, KeptBlob>>()
  readonly #puts = new Set<Promise<void>>()
  #isClosed = false

  constructor(now: () => number) {
    this.#now = now
  }

  async put(log: string, name: string, content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> {
    this.#use(log, name)
    const put = this.#collect(log, name, checkBlob(name, content, maxBytes))
    this.#puts.add(put)
    try {
      await put
    } finally {
      this.#puts.delete(put)
    }
  }

  async get(log: string, name: string, range: BlobRange = { offset: 0 }): Promise<BlobContent | undefined> {
    const bytes = this.#use(log, name).get(name)?.bytes
    if (bytes === undefined) return undefined
    const { offset, length = bytes.length } = range
    return { size: bytes.length, stream: streamOf(bytes.slice(offset, offset + length)) }
  }

  async has(log: string, name: string): Promise<boolean> {
    return this.#use(log, name).has(name)
  }

  async *logs(): AsyncIterable<string> {
    if (this.#isClosed) throw closedError()
    yield* [...this.#blobByNameByLog.keys()]
  }

  async *list(log: string): AsyncIterable<StoredBlob> {
    for (const [name, { bytes, time }] of [...this.#use(log)]) yield { name, bytes: bytes.length, time }
  }

  async remove(
    log: string,
    names: readonly string[],
    olderThan = Number.POSITIVE_INFINITY,
  ): Promise<readonly string[]> {
    const blobByName = this.#use(log, ...names)
    const removed = names.filter(name => (blobByName.get(name)?.time ?? Number.POSITIVE_INFINITY) < olderThan)
    for (const name of removed) blobByName.delete(name)
    return removed
  }

  async touch(log: string, names: readonly string[]): Promise<void> {
    const blobByName = this.#use(log, ...names)
    for (const name of names) {
      const blob = blobByName.get(name)
      if (blob !== undefined) blobByName.set(name, { ...blob, time: this.#now() })
    }
  }

  async removeAll(log: string): Promise<void> {
    this.#use(log)
    this.#blobByNameByLog.delete(log)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#puts)
    this.#blobByNameByLog.clear()
  }

  async #collect(log: string, name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = []
    for await (const chunk of content) chunks.push(chunk.slice())
    const blobByName = this.#blobByNameByLog.get(log) ?? new Map<string, KeptBlob>()
    blobByName.set(name, { bytes: Uint8Array.from(Buffer.concat(chunks)), time: this.#now() })
    this.#blobByNameByLog.set(log, blobByName)
  }

  #use(log: string, ...names: readonly string[]): Map<string, KeptBlob> {
    if (this.#isClosed) throw closedError()
    assertBlobKey(log, ...names)
    return this.#blobByNameByLog.get(log) ?? new Map()
  }
}

interface KeptBlob {
  readonly bytes: Uint8Array
  readonly time: number
}

async function* streamOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
