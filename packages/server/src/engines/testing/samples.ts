import { createCipheriv, createHash } from 'node:crypto'
import { FirekeepError } from '@firekeep/core'
import { digestToName } from '../../blobs/blob-name.js'
import type { Blobs } from '../../blobs/blobs.js'
import type { AppendedEntry, Log, NewEntry } from '../../log/log.js'

export const LOG = `${'a'.repeat(51)}q`
export const OTHER_LOG = `${'b'.repeat(51)}a`
export const FORK = `${LOG}.${'c'.repeat(25)}a`
export const ALL = { limit: 1000, bytes: 1 << 30 }

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

/** Bytes that look random and are the same in each run. */
export function bytesOf(seed: string | number, length: number): Uint8Array {
  const key = sha256(Buffer.from(String(seed)))
  const cipher = createCipheriv('aes-256-ctr', key, new Uint8Array(16))
  return new Uint8Array(cipher.update(new Uint8Array(length)))
}

export function entryOf(pack: Uint8Array, options: Partial<NewEntry> = {}): NewEntry {
  return { digest: sha256(pack), pack, blobs: [], maxBytes: Number.POSITIVE_INFINITY, ...options }
}

export function append(log: Log, seed: string | number, options?: Partial<NewEntry>): Promise<AppendedEntry> {
  return log.append(LOG, entryOf(bytesOf(seed, 200), options))
}

export function nameOf(bytes: Uint8Array): string {
  return digestToName(sha256(bytes))
}

export async function* chunksOf(bytes: Uint8Array, size = 1000): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export async function putBlob(blobs: Blobs, bytes: Uint8Array, log = LOG): Promise<string> {
  const name = nameOf(bytes)
  await blobs.put(log, name, chunksOf(bytes), Number.POSITIVE_INFINITY)
  return name
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Bytes as text, to be compared and shown. */
export function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex')
}

/** How a call ended: the code of its error, or `resolved`. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'resolved'
  } catch (error) {
    return error instanceof FirekeepError ? error.code : String(error)
  }
}
