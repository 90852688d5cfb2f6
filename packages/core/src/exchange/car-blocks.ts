import { type Block, verifyBlock } from '../codec/block.js'
import { encodeCarHeader, readCarLength, readCarSections } from '../codec/car.js'
import { CID } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'
import type { ByteReader } from '../primitives/byte-reader.js'
import { equalBytes } from '../primitives/bytes.js'

/** The longest length field of a section. */
const LENGTH_BYTES = 4
/** A block of 16 MiB and its id: nothing larger is read into memory. */
const MAX_SECTION_BYTES = 16 * 1024 * 1024 + 64
const MAX_HEADER_BYTES = 256

/**
 * The blocks of a CAR that comes bit by bit, each verified (L7), one in memory at a time. The one root has to be the id
 * of the first block. `CORRUPT` where the bytes are anything else, also where they end within a block.
 */
export async function* readCarBlocks(reader: ByteReader): AsyncGenerator<Block, void> {
  const header = await takeCounted(reader, MAX_HEADER_BYTES)
  let isFirst = true
  while ((await reader.peek(1)).length > 0) {
    const block = blockOf(await takeCounted(reader, MAX_SECTION_BYTES))
    const checking = verifyBlock(block)
    if (checking !== undefined) await checking
    if (isFirst && !equalBytes(header, encodeCarHeader([block.cid]))) throw damaged()
    isFirst = false
    yield block
  }
}

/** A header or a section, with the length before it. */
async function takeCounted(reader: ByteReader, limit: number): Promise<Uint8Array> {
  const { start, length } = readCarLength(await reader.peek(LENGTH_BYTES))
  if (length > limit) throw damaged()
  const bytes = await reader.take(start + length)
  if (bytes.length < start + length) throw damaged()
  return bytes
}

function blockOf(section: Uint8Array): Block {
  const [place, ...others] = readCarSections(section, 0)
  if (place === undefined || others.length > 0) throw damaged()
  return {
    cid: CID.decode(section.subarray(place.idStart, place.start)),
    bytes: section.subarray(place.start, place.end),
  }
}

function damaged(): FirekeepError {
  return new FirekeepError('CORRUPT', 'the archive is damaged or cut off')
}
