import type { Sealer } from '../crypto/seal.js'
import { FirekeepError } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { Storage } from '../storage/storage.js'

/** What stays in memory; what is beyond is put aside in the storage, sealed. */
const SPOOL_MEMORY_BYTES = 8 * 1024 * 1024
const PREFIX = 'import/'
/** Whoever left something behind for so long is gone. */
const LEFT_MILLISECONDS = 24 * 3_600_000

export interface SpoolParts {
  readonly storage: Storage
  /** Of the kind `record`. */
  readonly sealer: Sealer
  readonly random: (length: number) => Uint8Array
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Default 8 MiB. */
  readonly memoryBytes?: number
}

/** Byte strings that wait, in order, until it is known whether they are to be used. Means nothing to anybody else. */
export class Spool {
  readonly #parts: SpoolParts
  readonly #prefix: string
  readonly #items: (Uint8Array | string)[] = []
  #inMemory = 0

  private constructor(parts: SpoolParts) {
    this.#parts = parts
    this.#prefix = `${PREFIX}${timeToText(parts.now())}-${toBase32(parts.random(10))}/`
  }

  /** Removes what others left who did not end, too. */
  static async open(parts: SpoolParts): Promise<Spool> {
    const { storage, now } = parts
    const over = timeToText(Math.max(0, now() - LEFT_MILLISECONDS))
    const left = (await storage.list(PREFIX)).filter(key => key.slice(PREFIX.length) < over)
    if (left.length > 0) await storage.batch([], left)
    return new Spool(parts)
  }

  /** The bytes are kept, not copied. */
  async add(bytes: Uint8Array): Promise<void> {
    const { storage, sealer, memoryBytes = SPOOL_MEMORY_BYTES } = this.#parts
    if (this.#inMemory + bytes.length <= memoryBytes) {
      this.#items.push(bytes)
      this.#inMemory += bytes.length
      return
    }
    const key = `${this.#prefix}${String(this.#items.length).padStart(10, '0')}`
    await storage.batch([[key, await sealer.seal(bytes)]], [])
    this.#items.push(key)
  }

  async *read(): AsyncGenerator<Uint8Array, void> {
    for (const item of this.#items) {
      if (typeof item !== 'string') {
        yield item
        continue
      }
      const sealed = await this.#parts.storage.get(item)
      if (sealed === undefined) throw new FirekeepError('BLOCK_MISSING', `record ${item} is gone`)
      yield await this.#parts.sealer.open(sealed)
    }
  }

  async close(): Promise<void> {
    const keys = this.#items.filter(item => typeof item === 'string')
    this.#items.length = 0
    if (keys.length > 0) await this.#parts.storage.batch([], keys)
  }
}

/** So that later moments sort behind earlier ones. */
function timeToText(milliseconds: number): string {
  return Math.floor(milliseconds).toString(36).padStart(9, '0')
}
