import { type Block, hashBlock, RAW } from '../codec/block.js'
import { concatBytes, toBase32 } from '../primitives/bytes.js'
import { groupIntoFrames } from './block-frame.js'
import { type DigestKey, digestKey } from './digest-key.js'
import type { PackInfo } from './pack-info.js'
import { PackWriter, type PackWriterParts } from './pack-writer.js'

export type WritePackParts = Omit<PackWriterParts, 'sink'>

export interface WrittenPack {
  readonly info: PackInfo
  readonly bytes: Uint8Array
}

/**
 * Makes a pack of blocks (`docs/format.md`, Pack). They stand in it in the order given: what is read together
 * should be given together. A block that comes twice is written once.
 */
export async function writePack(blocks: Iterable<Block>, parts: WritePackParts): Promise<WrittenPack> {
  const sealed: Uint8Array[] = []
  const writer = new PackWriter({ ...parts, sink: piece => void sealed.push(piece) })
  for (const group of groupIntoFrames(withoutRepeats(blocks))) await writer.add(group)
  const place = await writer.end()
  const bytes = concatBytes(...sealed)
  return { info: { name: await nameOf(bytes), ...place }, bytes }
}

function* withoutRepeats(blocks: Iterable<Block>): Generator<Block> {
  const seen = new Set<DigestKey>()
  for (const block of blocks) {
    const key = digestKey(block.cid)
    if (seen.has(key)) continue
    seen.add(key)
    yield block
  }
}

/** The name of a pack: of what the storage sees, so it says nothing of the contents (L8). */
async function nameOf(bytes: Uint8Array): Promise<string> {
  const { cid } = await hashBlock(RAW, bytes)
  return toBase32(cid.multihash.digest)
}
