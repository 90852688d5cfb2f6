import * as dagCbor from '@ipld/dag-cbor'
import type { Sealer } from '../crypto/seal.js'
import { hasErrorCode } from '../errors.js'
import { damagedPack, namePack } from '../packs/pack-error.js'
import type { PackSource } from '../packs/pack-source.js'
import { concatBytes, toHex } from '../primitives/bytes.js'
import type { BatchOptions, Storage, StorageEntry } from '../storage/storage.js'
import { type FilePackRecord, isFilePackRecord } from './file-pack-record.js'
import { SEGMENT_PREFIX, segmentKey } from './segment-key.js'
import { SegmentWriter } from './segment-writer.js'

/** The keys of what says which segments are a pack. */
export const FILE_PACK_PREFIX = 'file-pack/'

export interface FilePacksParts {
  readonly storage: Storage
  /** Of the kind `record`. */
  readonly recordSealer: Sealer
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly random: (length: number) => Uint8Array
  /** How large the values are that packs are stored as; for tests. */
  readonly segmentBytes?: number
}

/** A pack that was written in segments and is to be published under its name. */
export interface WrittenFilePack {
  readonly name: string
  readonly segments: SegmentWriter
}

/** About what a device can hold in memory once more while it stores a file. */
const SEGMENT_BYTES = 4 * 1024 * 1024
/** Milliseconds, then randomness. */
const ID = /^file\/([0-9a-f]{12})[0-9a-f]{20}\//
const DAY = 24 * 60 * 60_000
const UNREADABLE = ['CORRUPT', 'WRONG_KEY', 'UNSUPPORTED_FORMAT'] as const

/**
 * The file packs of one storage. A pack lies in segments of a random id; one record, written last, gives them the name of
 * the pack. Segments without a record are no pack, whatever they hold.
 */
export class FilePacks implements PackSource {
  readonly #parts: FilePacksParts

  constructor(parts: FilePacksParts) {
    this.#parts = parts
  }

  /** The names of all packs that are here. */
  async names(): Promise<string[]> {
    const keys = await this.#parts.storage.list(FILE_PACK_PREFIX)
    return keys.map(key => key.slice(FILE_PACK_PREFIX.length))
  }

  async has(name: string): Promise<boolean> {
    return (await this.#record(name)) !== undefined
  }

  /** How many bytes a pack has; `undefined` where it is not here. */
  async lengthOf(name: string): Promise<number | undefined> {
    return (await this.#record(name))?.length
  }

  /** Begins a pack, whose name is known when it is complete. */
  startWriting(): SegmentWriter {
    const { storage, now, random, segmentBytes = SEGMENT_BYTES } = this.#parts
    const time = Math.max(0, Math.floor(now())).toString(16).padStart(12, '0')
    return new SegmentWriter({ storage, id: `${time}${toHex(random(10))}`, segmentBytes })
  }

  /** Makes packs readable whose segments are all stored, in one step. */
  async publish(packs: readonly WrittenFilePack[]): Promise<void> {
    if (packs.length === 0) return
    const before = await Promise.all(packs.map(({ name }) => this.#readable(name)))
    const records = await Promise.all(packs.map(({ name, segments }) => this.#seal(name, segments.content)))
    // What another tab stored under the name meanwhile, or what was damaged, is replaced.
    const replaced = before.flatMap((record, i) =>
      record === undefined || record.id === packs[i]?.segments.content.id ? [] : segmentKeys(record),
    )
    await this.#parts.storage.batch(records, replaced)
  }

  /** The keys that hold packs, if they are here. */
  async keysOf(names: Iterable<string>): Promise<string[]> {
    const records = await Promise.all(
      [...names].map(async name => ({ key: FILE_PACK_PREFIX + name, record: await this.#readable(name) })),
    )
    return records.flatMap(({ key, record }) => (record ? [key, ...segmentKeys(record)] : [key]))
  }

  /** Removes packs in one step. */
  async remove(names: Iterable<string>, options: BatchOptions = {}): Promise<void> {
    const keys = await this.keysOf(names)
    if (keys.length > 0) await this.#parts.storage.batch([], keys, options)
  }

  /** Removes the segments of puts that ended before their pack was published, if they began more than a day ago. */
  async removeLeftovers(): Promise<void> {
    const { storage, now } = this.#parts
    const segments = await storage.list(SEGMENT_PREFIX)
    const old = segments.filter(key => Number.parseInt(ID.exec(key)?.[1] ?? 'f', 16) < now() - DAY)
    if (old.length === 0) return
    const records = await this.#recordsOfAll()
    if (records === undefined) return
    const ids = new Set(records.map(record => record?.id))
    const left = old.filter(key => !ids.has(key.split('/')[1]))
    if (left.length > 0) await storage.batch([], left, { reserve: true })
  }

  async getRange(name: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const record = await this.#record(name)
    if (record === undefined) return undefined
    const { id, segmentBytes } = record
    const end = Math.min(offset + length, record.length)
    const pieces: Uint8Array[] = []
    for (let at = offset; at < end; ) {
      const start = at % segmentBytes
      const wanted = Math.min(segmentBytes - start, end - at)
      const key = segmentKey(id, Math.floor(at / segmentBytes))
      const piece = await this.#parts.storage.getRange(key, start, wanted)
      // Removed while it was read, or lost: without its record there is no pack.
      if (piece === undefined && !(await this.has(name))) return undefined
      if (piece?.length !== wanted) throw damagedPack(name, 'a part of it is missing')
      pieces.push(piece)
      at += wanted
    }
    return pieces.length === 1 ? pieces[0] : concatBytes(...pieces)
  }

  /** `undefined` also where the record is damaged: then nobody knows its segments, and they are leftovers. */
  async #readable(name: string): Promise<FilePackRecord | undefined> {
    try {
      return await this.#record(name)
    } catch (error) {
      if (UNREADABLE.some(code => hasErrorCode(error, code))) return undefined
      throw error
    }
  }

  /** `undefined` where one seems to be of a newer version, which may name any segments. */
  async #recordsOfAll(): Promise<(FilePackRecord | undefined)[] | undefined> {
    const records: (FilePackRecord | undefined)[] = []
    for (const name of await this.names()) {
      try {
        records.push(await this.#record(name))
      } catch (error) {
        if (hasErrorCode(error, 'UNSUPPORTED_FORMAT')) return undefined
        if (!UNREADABLE.some(code => hasErrorCode(error, code))) throw error
      }
    }
    return records
  }

  async #record(name: string): Promise<FilePackRecord | undefined> {
    const { storage, recordSealer } = this.#parts
    const sealed = await storage.get(FILE_PACK_PREFIX + name)
    if (sealed === undefined) return undefined
    let record: unknown
    try {
      record = dagCbor.decode(await recordSealer.open(sealed))
    } catch (error) {
      throw namePack(error, name)
    }
    if (isFilePackRecord(record)) return record
    throw damagedPack(name, 'its record is none')
  }

  async #seal(name: string, record: FilePackRecord): Promise<StorageEntry> {
    return [FILE_PACK_PREFIX + name, await this.#parts.recordSealer.seal(dagCbor.encode(record))]
  }
}

function segmentKeys({ id, segments }: FilePackRecord): string[] {
  return Array.from({ length: segments }, (_, number) => segmentKey(id, number))
}
