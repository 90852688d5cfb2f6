import { type Block, DAG_CBOR } from '../codec/block.js'
import { cidToKey } from '../codec/cid.js'
import { decodeCommit } from '../commits/commit.js'
import { toBase32 } from '../primitives/bytes.js'

/** The names of the file packs that commits refer to whose contents stand beside them. */
export function namedFiles(blocks: readonly Block[]): string[] {
  const present = new Set(blocks.map(({ cid }) => cidToKey(cid)))
  const names = new Set<string>()
  for (const block of blocks) {
    if (block.cid.code !== DAG_CBOR) continue
    for (const { body, files = [] } of operationsOf(block)) {
      if (body === null || !present.has(cidToKey(body))) continue
      for (const digest of files) names.add(toBase32(digest))
    }
  }
  return [...names]
}

/** None of a commit that is not valid, or of a newer format: nobody here knows what it needs. */
function operationsOf(block: Block) {
  try {
    return decodeCommit(block).ops
  } catch {
    return []
  }
}
