import { randomBytes, toHex } from '../primitives/bytes.js'
import { Emitter } from '../primitives/emitter.js'
import { OrderedMap } from '../primitives/ordered-map.js'
import { keysUnder } from './keys-under.js'
import { reserveSize } from './reserve-size.js'
import type { BatchOptions, Storage, StorageEntry, StorageInfo, StorageSpace } from './storage.js'
import { checkSeen, storageError } from './storage-error.js'

export interface MemorySpaceOptions {
  /** The id of the space. Default: one of its own. */
  readonly id?: string
  /** Bytes (of keys and values) that all storages of the space may hold together. Default: no limit. */
  readonly quota?: number
  /** The part of `quota` held back for deletes and `reserve` batches. Default: 5 %, at most 8 MiB. */
  readonly reserve?: number
}

/**
 * A space of its own in memory: for tests, and for platforms that can keep nothing. Two `open`s of one id
 * share the data and poke each other, as two tabs would. Ends with the process.
 *
 * @example
 * ```ts
 * const space = createMemorySpace()
 * const storage = await space.open('todos')
 * await storage.batch([['a', new Uint8Array([1])]], [])
 * ```
 */
export function createMemorySpace(options: MemorySpaceOptions = {}): StorageSpace {
  const room = new Room(options)
  const cellById = new Map<string, Cell>()
  return {
    kind: 'memory',
    id: options.id ?? `memory:${toHex(randomBytes(8))}`,
    async open(id) {
      const cell = cellById.get(id) ?? new Cell(room)
      cellById.set(id, cell)
      return new MemoryStorage(cell)
    },
    async list() {
      return [...cellById].flatMap(([id, cell]) => (cell.values.size > 0 ? [id] : []))
    },
    async remove(id) {
      cellById.get(id)?.remove()
      cellById.delete(id)
    },
  }
}

/** A storage in memory, one holder of a {@link Cell}; made by {@link createMemorySpace}. */
class MemoryStorage implements Storage {
  readonly kind = 'memory'
  readonly #cell: Cell
  readonly #changes = new Emitter<undefined>()
  #closed = false

  constructor(cell: Cell) {
    this.#cell = cell
    cell.holders.add(this)
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#open().values.get(key)?.slice()
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return this.#open()
      .values.get(key)
      ?.slice(offset, offset + length)
  }

  async list(prefix: string): Promise<string[]> {
    return keysUnder(this.#open().values, prefix)
  }

  async getAll(prefix: string): Promise<StorageEntry[]> {
    const { values } = this.#open()
    return keysUnder(values, prefix).map(key => [key, (values.get(key) as Uint8Array).slice()])
  }

  watch(listener: () => void): () => void {
    return this.#changes.subscribe(listener)
  }

  async batch(
    puts: readonly StorageEntry[],
    deletes: readonly string[],
    options: BatchOptions = {},
  ): Promise<void> {
    const cell = this.#open()
    if (options.seen) checkSeen(options.seen, keysUnder(cell.values, options.seen.prefix))
    cell.write(puts, deletes, options.reserve === true || puts.length === 0)
    for (const holder of cell.holders) if (holder !== this) queueMicrotask(() => holder.poke())
  }

  async info(): Promise<StorageInfo> {
    return { kind: this.kind, persisted: false, ...this.#open().room.info() }
  }

  async persist(): Promise<boolean> {
    this.#open()
    return false
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cell.holders.delete(this)
  }

  poke(): void {
    if (!this.#closed) this.#changes.emit(undefined)
  }

  #open(): Cell {
    if (this.#closed) throw storageError.closed()
    if (this.#cell.removed) throw storageError.removed()
    return this.#cell
  }
}

/** The data behind all holders of one storage id. */
class Cell {
  values = OrderedMap.empty<Uint8Array>()
  readonly holders = new Set<MemoryStorage>()
  readonly room: Room
  removed = false

  constructor(room: Room) {
    this.room = room
  }

  /** Applies a batch whole, or throws `QUOTA_EXCEEDED` and changes nothing. */
  write(puts: readonly StorageEntry[], deletes: readonly string[], useReserve: boolean): void {
    const next = new Map<string, Uint8Array | undefined>()
    for (const [key, value] of puts) next.set(key, value.slice())
    for (const key of deletes) next.set(key, undefined)
    let growth = 0
    for (const [key, value] of next) growth += sizeOf(key, value) - sizeOf(key, this.values.get(key))
    this.room.take(growth, useReserve)
    this.values = this.values.update(next)
  }

  remove(): void {
    let size = 0
    for (const [key, value] of this.values.entries()) size += sizeOf(key, value)
    this.room.take(-size, true)
    this.values = OrderedMap.empty()
    this.removed = true
    for (const holder of this.holders) holder.poke()
  }
}

/** The quota of a space and how much of it is in use. */
class Room {
  readonly #quota: number | undefined
  readonly #reserve: number
  #usage = 0

  constructor({ quota, reserve }: MemorySpaceOptions) {
    this.#quota = quota
    this.#reserve = reserve ?? reserveSize(quota ?? 0, 1, quota)
  }

  take(growth: number, useReserve: boolean): void {
    const limit = (this.#quota ?? Number.POSITIVE_INFINITY) - (useReserve ? 0 : this.#reserve)
    if (growth > 0 && this.#usage + growth > limit) throw storageError.quota()
    this.#usage += growth
  }

  info(): { usage: number; quota?: number } {
    return this.#quota === undefined ? { usage: this.#usage } : { usage: this.#usage, quota: this.#quota }
  }
}

function sizeOf(key: string, value: Uint8Array | undefined): number {
  return value === undefined ? 0 : key.length + value.length
}
