import { type Block, hashBlock, RAW } from '../../codec/block.js'
import { decodeBody } from '../../codec/body.js'
import { type FileInfo, type FilePackPlace, packsOf } from '../../codec/file-info.js'
import { FirekeepError, hasErrorCode } from '../../errors.js'
import { encodeFileHead } from '../../exchange/manifest.js'
import { fromBase32 } from '../../primitives/bytes.js'
import type { OpenFiles } from '../files/open-files.js'
import { mustBeWhole } from '../files/whole-packs.js'

/** Bytes of a pack in a block. */
const PIECE_BYTES = 1024 * 1024

/** The file packs that exported contents name. */
export class NamedFiles {
  readonly #placeByName = new Map<string, FilePackPlace>()

  /** Takes the content of a version. */
  readonly add = (id: string, body: Uint8Array): void => {
    for (const place of filePacksIn(id, body)) this.#placeByName.set(place.name, place)
  }

  /**
   * Those that are on this device, each as a head and the pieces of its sealed bytes. One that is damaged is fetched anew;
   * `CORRUPT` where no remote has it whole, as it could not be brought back from what is handed out.
   */
  async *blocks(files: OpenFiles, signal: AbortSignal | undefined): AsyncGenerator<Block, void> {
    // Also those whose records are damaged.
    const here = new Set(await files.packs.names())
    for (const place of this.#placeByName.values()) {
      if (!here.has(place.name)) continue
      try {
        await mustBeWhole(files, place, signal)
      } catch (cause) {
        if (hasErrorCode(cause, 'ABORTED') || hasErrorCode(cause, 'CLOSED')) throw cause
        throw damaged(place.name, cause)
      }
      yield* piecesOf(files, place)
    }
  }
}

/** Where the attachments lie that a content names; none of one that a faulty writer made unreadable. */
export function filePacksIn(id: string, body: Uint8Array): FilePackPlace[] {
  try {
    const files = (decodeBody(id, body)._files ?? {}) as Readonly<Record<string, FileInfo>>
    return Object.values(files).flatMap(({ pack }) => packsOf(pack) ?? [])
  } catch (error) {
    if (hasErrorCode(error, 'CORRUPT')) return []
    throw error
  }
}

async function* piecesOf({ packs }: OpenFiles, { name, length }: FilePackPlace): AsyncGenerator<Block, void> {
  yield await encodeFileHead({ pack: fromBase32(name) as Uint8Array })
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const wanted = Math.min(PIECE_BYTES, length - at)
    const piece = await packs.getRange(name, at, wanted)
    if (piece?.length !== wanted) throw damaged(name, undefined)
    yield await hashBlock(RAW, piece)
  }
}

function damaged(pack: string, cause: unknown): FirekeepError {
  const message =
    'an attachment is damaged here, and no attached remote has it whole: attach one that has it, or export without files'
  return new FirekeepError('CORRUPT', message, { cause, details: { pack } })
}
