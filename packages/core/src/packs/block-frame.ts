import type { Block } from '../codec/block.js'
import { type CarSection, carSectionLength, encodeCar, readCarSections } from '../codec/car.js'
import { FirekeepError } from '../errors.js'
import { equalBytes } from '../primitives/bytes.js'

/** What the first frame begins with: a CAR without roots. */
const CAR_HEADER = encodeCar([], [])

/** Contents that the frame of stored blocks is filled up to: with a byte before and one after, 32 KiB. */
const TARGET_BYTES = 32 * 1024 - 2

/** The blocks of each frame, in order: as many as fit, at least one. Without blocks there is one empty frame. */
export function* groupIntoFrames(blocks: Iterable<Block>): Generator<readonly Block[]> {
  let group: Block[] = []
  let size = CAR_HEADER.length
  for (const block of blocks) {
    const length = carSectionLength(block)
    if (group.length > 0 && size + length > TARGET_BYTES) {
      yield group
      group = []
      size = 0
    }
    group.push(block)
    size += length
  }
  yield group
}

/** The contents of a frame: a piece of one CAR, that only the first frame begins. */
export function encodeBlockFrame(blocks: readonly Block[], isFirst: boolean): Uint8Array {
  const car = encodeCar([], blocks)
  return isFirst ? car : car.subarray(CAR_HEADER.length)
}

/** Where the blocks stand in the contents of a frame; `CORRUPT` where that is no piece of such a CAR. */
export function readBlockFrame(content: Uint8Array, isFirst: boolean): CarSection[] {
  if (!isFirst) return readCarSections(content, 0)
  if (!equalBytes(content.subarray(0, CAR_HEADER.length), CAR_HEADER)) {
    throw new FirekeepError('CORRUPT', 'the blocks do not begin with the header of a CAR')
  }
  return readCarSections(content, CAR_HEADER.length)
}
