import { promisifyRequest } from 'idb-keyval'
import type { StorageEntry } from '../storage.js'

/**
 * How values lie in the object store (`docs/format.md`): a value of up to {@link SEGMENT} bytes under its key
 * itself; a larger one as `{ size }` under its key and its bytes, cut every {@link SEGMENT} bytes, under
 * `[key, 0]`, `[key, 1]`, …, since IndexedDB reads whole values only. Numbers sort before strings and arrays
 * after them, so neither fillers nor segments stand in the way of reading keys by prefix.
 */
const SEGMENT = 131_072

/** Where the room held back lies. */
export function fillerRange(): IDBKeyRange {
  return IDBKeyRange.bound(0, Number.POSITIVE_INFINITY)
}

/** Records that `getAll` asks for at a time, and to count their bytes. */
const PAGE = 1_000
const COUNT_PAGE = 50

type Head = Uint8Array | { readonly size: number }

/** Whether the value is stored under its key alone. */
export function isSingle(value: Uint8Array): boolean {
  return value.length <= SEGMENT
}

/** Adds a value that {@link isSingle} under a key that must not exist yet (`ConstraintError` otherwise). */
export function addRecord(store: IDBObjectStore, [key, value]: StorageEntry): IDBRequest {
  return store.add(compact(value), key)
}

/** Stores a value, whatever was there before. */
export function putRecord(store: IDBObjectStore, [key, value]: StorageEntry): void {
  store.delete(segmentRange(key))
  if (isSingle(value)) {
    store.put(compact(value), key)
    return
  }
  store.put({ size: value.length }, key)
  for (let index = 0; index * SEGMENT < value.length; index += 1) {
    store.put(value.slice(index * SEGMENT, (index + 1) * SEGMENT), [key, index])
  }
}

export function deleteRecord(store: IDBObjectStore, key: string): void {
  store.delete(key)
  store.delete(segmentRange(key))
}

/** Bytes from `offset` up to `end` (default: all); touches only the segments they lie in. */
export async function readRecord(
  store: IDBObjectStore,
  key: string,
  offset = 0,
  end = Number.POSITIVE_INFINITY,
): Promise<Uint8Array | undefined> {
  // Asked for together, as one request after the other takes twice as long; a value has the one or the other.
  const isPart = offset > 0 || Number.isFinite(end)
  const [head, segments]: [Head | undefined, Uint8Array[] | undefined] = await Promise.all([
    promisifyRequest(store.get(key)),
    isPart ? getSegments(store, key, offset, end) : undefined,
  ])
  if (head === undefined) return undefined
  if (head instanceof Uint8Array) return offset === 0 && end >= head.length ? head : head.slice(offset, end)
  const last = Math.min(end, head.size)
  return joinSegments(segments ?? (await getSegments(store, key, offset, last)), offset, last)
}

export function readKeys(store: IDBObjectStore, prefix: string): Promise<string[]> {
  return promisifyRequest(store.getAllKeys(prefixRange(prefix))) as Promise<string[]>
}

/** All entries under the prefix, in pages of one transaction. */
export async function readEntries(store: IDBObjectStore, prefix: string): Promise<StorageEntry[]> {
  const entries: StorageEntry[] = []
  let range = prefixRange(prefix)
  for (;;) {
    const [keys, heads] = await readPage(store, range, PAGE)
    for (const [index, key] of keys.entries()) {
      const head = heads[index] as Head
      entries.push([key, head instanceof Uint8Array ? head : await readWhole(store, key, head.size)])
    }
    if (keys.length < PAGE) return entries
    range = prefixRange(prefix, keys.at(-1))
  }
}

async function readWhole(store: IDBObjectStore, key: string, size: number): Promise<Uint8Array> {
  return joinSegments(await getSegments(store, key, 0, size), 0, size)
}

/** Bytes stored, counted up to about `limit`: small values by reading them, segments by their keys. */
export async function storedBytes(store: IDBObjectStore, limit: number): Promise<number> {
  const segments = store.getAllKeys(IDBKeyRange.lowerBound([]), Math.ceil(limit / SEGMENT))
  let bytes = (await promisifyRequest(segments)).length * SEGMENT
  for (let range = prefixRange(''); bytes < limit; ) {
    const [keys, heads] = await readPage(store, range, COUNT_PAGE)
    for (const head of heads) bytes += head instanceof Uint8Array ? head.length : 0
    if (keys.length < COUNT_PAGE) break
    range = prefixRange('', keys.at(-1))
  }
  return bytes
}

function readPage(store: IDBObjectStore, range: IDBKeyRange, size: number): Promise<[string[], Head[]]> {
  return Promise.all([
    promisifyRequest(store.getAllKeys(range, size)) as Promise<string[]>,
    promisifyRequest(store.getAll(range, size)) as Promise<Head[]>,
  ])
}

/** The segments that hold some of the bytes from `offset` to `end`. */
async function getSegments(
  store: IDBObjectStore,
  key: string,
  offset: number,
  end: number,
): Promise<Uint8Array[]> {
  if (end <= offset) return []
  const last = Math.floor((end - 1) / SEGMENT)
  return promisifyRequest(store.getAll(IDBKeyRange.bound([key, Math.floor(offset / SEGMENT)], [key, last])))
}

function joinSegments(segments: readonly Uint8Array[], offset: number, end: number): Uint8Array {
  if (end <= offset) return new Uint8Array()
  const bytes = new Uint8Array(end - offset)
  let at = Math.floor(offset / SEGMENT) * SEGMENT
  for (const segment of segments) {
    const from = Math.max(offset - at, 0)
    bytes.set(segment.subarray(from, Math.min(segment.length, end - at)), at + from - offset)
    at += segment.length
  }
  return bytes
}

function segmentRange(key: string): IDBKeyRange {
  return IDBKeyRange.bound([key], [key, []])
}

function prefixRange(prefix: string, after?: string): IDBKeyRange {
  return IDBKeyRange.bound(after ?? prefix, `${prefix}\uffff`, after !== undefined)
}

/** A view on part of a buffer would be stored with the whole buffer, and shared memory not at all. */
function compact(value: Uint8Array): Uint8Array {
  const whole = value.byteLength === value.buffer.byteLength && value.buffer instanceof ArrayBuffer
  return whole ? value : Uint8Array.from(value)
}
