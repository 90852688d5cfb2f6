import { FirekeepError } from '../../errors.js'
import type { PackInfo } from '../../packs/pack-info.js'
import type { PackSource } from '../../packs/pack-source.js'
import { concatBytes } from '../../primitives/bytes.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'

/** Packs are read in pieces, so that whoever stops waits for one at most. */
const PIECE_BYTES = 1024 * 1024

/** The bytes of a whole pack, unverified; `BLOCK_MISSING` where the source does not have it, `CORRUPT` where it is cut off. */
export async function fetchPack(
  source: PackSource,
  { name, length }: Pick<PackInfo, 'name' | 'length'>,
  options: { readonly signal?: AbortSignal | undefined; readonly onPiece?: (bytes: number) => void } = {},
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let offset = 0; offset < length; offset += PIECE_BYTES) {
    throwIfAborted(options.signal)
    const size = Math.min(PIECE_BYTES, length - offset)
    const piece = await source.getRange(name, offset, size)
    if (piece === undefined) {
      throw new FirekeepError('BLOCK_MISSING', `the remote does not have pack ${name}`, {
        details: { pack: name },
      })
    }
    if (piece.length !== size) {
      throw new FirekeepError('CORRUPT', `the remote has only a part of pack ${name}`, {
        details: { pack: name },
      })
    }
    pieces.push(piece)
    options.onPiece?.(size)
  }
  return concatBytes(...pieces)
}
