import { packsOf } from '../codec/file-info.js'
import type { FilePlace } from '../codec/stored-file.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { damagedPack } from '../packs/pack-error.js'
import type { PackInfo } from '../packs/pack-info.js'
import { PackReader } from '../packs/pack-reader.js'
import type { PackSource } from '../packs/pack-source.js'
import type { Progress } from '../primitives/progress.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { fileError } from './file-error.js'
import { FILE_LAYOUT, type FileLayout } from './file-layout.js'
import type { FilePacks } from './file-packs.js'
import { FileReader } from './file-reader.js'
import { isWholePack } from './is-whole-pack.js'
import type { KeepPack } from './keep-pack.js'

export interface FileLoaderParts {
  readonly packs: FilePacks
  /** Of the kind `file`. */
  readonly sealer: Sealer
  /** Where packs are read that are not stored here. */
  readonly remote: PackSource | undefined
  readonly keepPack: KeepPack | undefined
  readonly layout?: FileLayout
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface RangeOptions extends LoadOptions {
  readonly start: number
  readonly end: number
}

/**
 * Reads attachments chunk by chunk, each verified (L7): from the storage, else from a remote. Where all of a file is read, its packs
 * are kept; of a range only what it takes is loaded. A pack that is damaged here is fetched anew, once.
 */
export class FileLoader {
  readonly #parts: FileLoaderParts
  readonly #layout: FileLayout

  constructor(parts: FileLoaderParts) {
    this.#parts = parts
    this.#layout = parts.layout ?? FILE_LAYOUT
  }

  /** The bytes of a range, in pieces of at most a chunk. */
  async *read(place: FilePlace, options: RangeOptions): AsyncGenerator<Uint8Array, void> {
    const { start, end } = options
    const { size } = place.info
    const { chunkBytes } = this.#layout
    const tell = progressTo(options.onProgress, end - start)
    const attempt = new Attempt(place, this.#parts, this.#layout, {
      ...options,
      isWhole: start === 0 && end === size,
      onFetched: tell && (({ done, total }) => tell(((end - start) * done) / (total || 1))),
    })
    tell?.(0)
    for (let number = Math.floor(start / chunkBytes); number * chunkBytes < end; number++) {
      const offset = number * chunkBytes
      const chunk = await attempt.chunk(number)
      const piece = chunk.subarray(Math.max(0, start - offset), end - offset)
      yield piece
      tell?.(offset + chunkBytes >= end ? end - start : offset + piece.length - start)
    }
    // An empty file has a chunk as well, which says that it is there.
    if (size === 0) await attempt.chunk(0)
  }
}

interface AttemptOptions {
  readonly signal?: AbortSignal | undefined
  readonly isWhole: boolean
  readonly onFetched: ((progress: Progress) => void) | undefined
}

/** One reading of a file: what is damaged is fetched anew once in it. */
class Attempt {
  readonly #place: FilePlace
  readonly #parts: FileLoaderParts
  readonly #layout: FileLayout
  readonly #options: AttemptOptions
  readonly #replaced = new Set<string>()
  /** Whether packs that were not here could be stored. */
  readonly #keeping = new Map<string, Promise<boolean>>()
  #reader: FileReader

  constructor(place: FilePlace, parts: FileLoaderParts, layout: FileLayout, options: AttemptOptions) {
    this.#place = place
    this.#parts = parts
    this.#layout = layout
    this.#options = options
    this.#reader = this.#open()
  }

  async chunk(number: number): Promise<Uint8Array> {
    for (;;) {
      throwIfAborted(this.#options.signal)
      try {
        return await this.#reader.chunk(number)
      } catch (failure) {
        throwIfAborted(this.#options.signal)
        const error = await this.#judge(failure)
        if (!(await this.#replace(error))) throw fileError(error, this.#place)
      }
    }
  }

  /** What seems to be of a newer version is damage where its bytes are not those of its name. */
  async #judge(error: unknown): Promise<unknown> {
    if (!(error instanceof FirekeepError) || error.code !== 'UNSUPPORTED_FORMAT') return error
    const { packs } = this.#parts
    const name = this.#packs.find(info => info.name === error.details.pack)?.name
    if (name === undefined || (await isWholePack(packs, name, this.#options.signal))) return error
    return damagedPack(name, 'its bytes are not those of its name', error)
  }

  /** Fetches the pack that is damaged; answers whether there is a whole one now. */
  async #replace(error: unknown): Promise<boolean> {
    const { keepPack } = this.#parts
    if (!(error instanceof FirekeepError) || error.code !== 'CORRUPT') return false
    const info = this.#packs.find(({ name }) => name === error.details.pack)
    if (keepPack === undefined || info === undefined || this.#replaced.has(info.name)) return false
    this.#replaced.add(info.name)
    const { signal, onFetched: onProgress } = this.#options
    try {
      await keepPack(info, { signal, onProgress })
    } catch {
      throwIfAborted(signal)
      return false
    }
    this.#reader = this.#open()
    return true
  }

  get #packs(): readonly PackInfo[] {
    return packsOf(this.#place.info.pack) ?? []
  }

  #open(): FileReader {
    const { sealer, remote } = this.#parts
    const reads = { ranges: 0, bytes: 0 }
    const packs = this.#packs.map(info => {
      const storage = {
        getRange: (_: string, offset: number, length: number) => this.#getRange(info, offset, length),
      }
      const remoteReads = { ranges: 0, bytes: 0 }
      const source = { source: remote, reads: remoteReads }
      return new PackReader(info, { storage, sealer, keyOf: name => name, reads, remote: source })
    })
    return new FileReader(this.#place.info, packs, this.#layout)
  }

  /** From the storage; where all is read, the pack is put there first. */
  async #getRange(info: PackInfo, offset: number, length: number): Promise<Uint8Array | undefined> {
    const { packs, keepPack } = this.#parts
    throwIfAborted(this.#options.signal)
    const stored = await packs.getRange(info.name, offset, length)
    if (stored !== undefined || !this.#options.isWhole || keepPack === undefined) return stored
    return (await this.#keep(info, keepPack)) ? packs.getRange(info.name, offset, length) : undefined
  }

  /** Answers whether it is stored now. Where it does not fit, it is read without being kept, and not tried again. */
  #keep(info: PackInfo, keepPack: KeepPack): Promise<boolean> {
    const under = this.#keeping.get(info.name)
    if (under !== undefined) return under
    const { signal, onFetched: onProgress } = this.#options
    const keeping = keepPack(info, { signal, onProgress }).then(
      () => true,
      error => {
        if (hasErrorCode(error, 'QUOTA_EXCEEDED')) return false
        this.#keeping.delete(info.name)
        throw error
      },
    )
    this.#keeping.set(info.name, keeping)
    return keeping
  }
}

/** Tells how far it has come, never less than before. */
function progressTo(
  onProgress: LoadOptions['onProgress'],
  total: number,
): ((done: number) => void) | undefined {
  if (onProgress === undefined) return undefined
  let last = -1
  return done => {
    const whole = Math.min(total, Math.floor(done))
    if (whole <= last) return
    last = whole
    onProgress({ done: whole, total })
  }
}
