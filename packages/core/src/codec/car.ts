import { blockLength, createWriter, headerLength } from '@ipld/car/buffer-writer'
import { decode as decodeCbor, encode as encodeCbor } from '@ipld/dag-cbor'
import { FirekeepError } from '../errors.js'
import { equalBytes } from '../primitives/bytes.js'
import type { Block } from './block.js'
import { CID, createCid, isSha256Cid } from './cid.js'

/** Writes blocks as one CAR (version 1), in the order given. */
export function encodeCar(roots: readonly CID[], blocks: readonly Block[]): Uint8Array {
  const rootList = [...roots]
  let size = headerLength({ roots: rootList })
  for (const block of blocks) size += blockLength(block)
  const writer = createWriter(new ArrayBuffer(size), { roots: rootList })
  for (const block of blocks) writer.write(block)
  return writer.close()
}

/**
 * Reads a CAR. The blocks are views of `bytes`, in their order there, and **not verified**: pass each to
 * `verifyBlock`. `CORRUPT` for anything but a whole CAR version 1 whose ids are CIDv1 of SHA-256.
 *
 * Not the reader of `@ipld/car`: that one trusts the lengths it finds, so a section shorter than its own id moves
 * it backwards for ever, and it takes other versions, hashes and inline data.
 */
export function decodeCar(bytes: Uint8Array): { roots: CID[]; blocks: Block[] } {
  try {
    const header = readVarint(bytes, 0)
    let offset = header.end + header.value
    const roots = decodeHeader(bytes.subarray(header.end, offset))
    const blocks: Block[] = []
    while (offset < bytes.length) {
      const section = readVarint(bytes, offset)
      offset = section.end + section.value
      blocks.push(decodeSection(bytes.subarray(section.end, offset)))
    }
    check(offset === bytes.length)
    return { roots, blocks }
  } catch (cause) {
    throw new FirekeepError('CORRUPT', 'a pack of blocks is damaged: its contents are not a CAR', { cause })
  }
}

function decodeHeader(header: Uint8Array): CID[] {
  const { version, roots }: { version?: unknown; roots?: unknown } = decodeCbor(header)
  check(version === 1 && Array.isArray(roots) && roots.every(isRoot))
  check(equalBytes(encodeCbor({ version, roots }), header))
  return roots
}

function isRoot(root: unknown): root is CID {
  const cid = CID.asCID(root)
  return cid !== null && isSha256Cid(cid)
}

/** CIDv1, any codec, SHA-256 of 32 bytes; then the block. */
function decodeSection(section: Uint8Array): Block {
  const codec = readVarint(section, 1)
  const start = codec.end + 2
  check(section[0] === 0x01 && section[codec.end] === 0x12 && section[codec.end + 1] === 0x20)
  check(section.length >= start + 32)
  // A copy, as ids live long and a view would keep the whole pack in memory.
  const digest = section.slice(start, start + 32)
  return { cid: createCid(codec.value, digest), bytes: section.subarray(start + 32) }
}

/** An unsigned LEB128 number below 2^28 in its shortest form. */
function readVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  let value = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[offset + i]
    if (byte === undefined) break
    value |= (byte & 0x7f) << (7 * i)
    if (byte < 0x80) {
      check(byte !== 0 || i === 0)
      return { value, end: offset + i + 1 }
    }
  }
  throw new RangeError('a length is damaged')
}

function check(condition: boolean): asserts condition {
  if (!condition) throw new RangeError('a section is damaged')
}
