import { toBase32 } from '../../primitives/bytes.js'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH } from '../../protocol/log-hash.js'
import type { LogPosition, RemotePointer } from '../../protocol/remote.js'

/** Bytes that stand for a sealed pack; a remote cannot tell the difference. */
export function pack(number: number, length = 40): Uint8Array {
  const bytes = new Uint8Array(Math.max(length, 4))
  for (let index = 4; index < bytes.length; index += 1) bytes[index] = (index * 31 + number * 7) & 0xff
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

/** Where the last of these packs stands when they are all that a log has. */
export function positionAfter(...packs: readonly Uint8Array[]): LogPosition {
  const hash = packs.reduce((before, bytes) => advanceLogHash(before, digestPack(bytes)), EMPTY_LOG_HASH)
  return { seq: packs.length, hash }
}

/** What a blob of these bytes is called. */
export function blobName(bytes: Uint8Array): string {
  return toBase32(digestPack(bytes))
}

/** A pointer that differs from others by its number. */
export function pointer(number: number, ...blobs: readonly string[]): RemotePointer {
  return { seq: number, blobs, sealed: pack(number, 100) }
}

/** Comparing large arrays by `toEqual` takes seconds. */
export function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && b.every((byte, index) => a[index] === byte)
}
