import { deflateSync, inflateSync } from 'fflate'
import { FirekeepError } from '../errors.js'
import { concatBytes } from '../primitives/bytes.js'
import { findBuiltInModule } from '../primitives/find-built-in-module.js'

/** The part of `node:zlib` that is used here. */
export interface NodeZlib {
  deflateRawSync(bytes: Uint8Array, options: { readonly level: number }): Uint8Array
  inflateRawSync(
    bytes: Uint8Array,
    options: { readonly maxOutputLength: number; readonly chunkSize: number },
  ): Uint8Array
}

/** More contents than this no frame has: room for the largest block and what stands around it. */
export const MAX_CONTENT_BYTES = 2 ** 25

// How a frame begins: format.
const STORED = 0
const DEFLATED = 1
const DEFLATED_HEAD = 5

/** Nearly as fast as level 1 and 7 % smaller; level 6 takes half as long again for 3 % more. */
const LEVEL = 3
/** Larger contents would hold up a page for too long, and are stored. */
const MAX_DEFLATE_BYTES = 128 * 1024
/** No deflate stream is longer than this when it is inflated, per byte of it. */
const MAX_RATIO = 1032

const nodeZlib = findBuiltInModule<NodeZlib>('node:zlib') ?? null

/**
 * Contents as they stand in a frame: deflated where that saves an eighth, else as they are. Node's own deflate
 * takes a third of the time; tests give `null` to have the other.
 */
export function packContent(
  content: Uint8Array,
  compress: boolean,
  zlib: NodeZlib | null = nodeZlib,
): Uint8Array {
  if (compress && content.length <= MAX_DEFLATE_BYTES) {
    const deflated = zlib?.deflateRawSync(content, { level: LEVEL }) ?? deflateSync(content, { level: LEVEL })
    if (DEFLATED_HEAD + deflated.length <= content.length - content.length / 8) {
      const head = new DataView(new ArrayBuffer(DEFLATED_HEAD))
      head.setUint8(0, DEFLATED)
      head.setUint32(1, content.length)
      return concatBytes(new Uint8Array(head.buffer), deflated)
    }
  }
  return concatBytes(Uint8Array.of(STORED), content)
}

/**
 * The contents behind {@link packContent}; `CORRUPT` for anything else. Whatever the bytes say, it takes time and
 * room in proportion to them.
 */
export function unpackContent(packed: Uint8Array, zlib: NodeZlib | null = nodeZlib): Uint8Array {
  if (packed[0] === STORED) return packed.subarray(1)
  if (packed[0] !== DEFLATED || packed.length <= DEFLATED_HEAD) throw damaged()
  const length = new DataView(packed.buffer, packed.byteOffset).getUint32(1)
  const deflated = packed.subarray(DEFLATED_HEAD)
  if (length > MAX_CONTENT_BYTES || length > deflated.length * MAX_RATIO) throw damaged()
  const content = inflate(deflated, length, zlib)
  if (content.length !== length) throw damaged()
  return content
}

function inflate(deflated: Uint8Array, length: number, zlib: NodeZlib | null): Uint8Array {
  try {
    if (zlib !== null) {
      const maxOutputLength = Math.max(length, 1)
      const chunkSize = Math.max(length, 64)
      const inflated = zlib.inflateRawSync(deflated, { maxOutputLength, chunkSize })
      // Not as a `Buffer`, whose `slice` does not copy.
      return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.length)
    }
    // What does not fit is cut off without an error: the byte too many shows it.
    return inflateSync(deflated, { out: new Uint8Array(length + 1) })
  } catch (cause) {
    throw damaged(cause)
  }
}

function damaged(cause?: unknown): FirekeepError {
  return new FirekeepError('CORRUPT', 'a frame is damaged: its contents do not unpack', { cause })
}
