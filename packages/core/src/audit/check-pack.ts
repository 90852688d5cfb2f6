import { type Block, verifyBlock } from '../codec/block.js'
import { CID } from '../codec/cid.js'
import { readBlockFrame } from '../packs/block-frame.js'
import { packKey } from '../packs/pack-key.js'
import type { PackReader } from '../packs/pack-reader.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import type { FindingList } from './finding-list.js'

/**
 * Reads every frame of a pack, also when some are damaged, and yields the blocks whose hashes are right, frame by frame.
 */
export async function* checkPack(
  pack: PackReader,
  findings: FindingList,
  slice: TimeSlice,
): AsyncGenerator<readonly Block[], void> {
  const place = packKey(pack.info.name)
  const attempt = async <T>(what: string, read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      findings.addError(error, what, { place })
      return undefined
    }
  }
  const directory = await attempt('a pack cannot be read', () => pack.directory())
  if (directory === undefined) return
  for (let page = 0; page < directory.pages; page++)
    await attempt(`index page ${page} of a pack is damaged`, () => pack.readPage(page))
  let count = 0
  for (let frame = 0; frame < directory.blockFrames; frame++) {
    await slice.mayEnd()
    const blocks = await attempt(`frame ${frame} of a pack is damaged`, () =>
      pack.readFrame(frame, content => blocksIn(content, frame === 0)),
    )
    const sound: Block[] = []
    for (const block of blocks ?? []) {
      count++
      await attempt(`block ${block.cid} in frame ${frame} of a pack is damaged`, async () => {
        await verifyBlock(block)
        sound.push(block)
      })
    }
    if (blocks === undefined) count = Number.NaN
    yield sound
  }
  if (count !== directory.blocks && !Number.isNaN(count))
    findings.add('CORRUPT', 'a pack does not hold as many blocks as it says', { place })
}

function blocksIn(content: Uint8Array, isFirst: boolean): Block[] {
  return readBlockFrame(content, isFirst).map(({ idStart, start, end }) => ({
    cid: CID.decode(content.subarray(idStart, start)),
    bytes: content.subarray(start, end),
  }))
}
