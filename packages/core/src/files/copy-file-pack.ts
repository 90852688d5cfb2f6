import { hasErrorCode } from '../errors.js'
import type { FilePacks } from './file-packs.js'
import type { SegmentWriter } from './segment-writer.js'

export interface CopyFilePackParts {
  readonly from: Pick<FilePacks, 'lengthOf' | 'getRange'>
  readonly to: Pick<FilePacks, 'has' | 'startWriting' | 'publish'>
}

const PIECE_BYTES = 1024 * 1024

/**
 * Stores a file pack that another storage of the device has, unless it is here; a piece and a segment are in memory at a
 * time. One that is not there, or not whole, is left out: a remote may have it. `QUOTA_EXCEEDED` without room.
 */
export async function copyFilePack({ from, to }: CopyFilePackParts, name: string): Promise<void> {
  if (await to.has(name)) return
  const length = await orNone(() => from.lengthOf(name))
  if (length === undefined) return
  const segments = to.startWriting()
  let isPublished = false
  try {
    if (!(await copyBytes({ from, segments }, name, length))) return
    await to.publish([{ name, segments }])
    isPublished = true
  } finally {
    if (!isPublished) await segments.discard().catch(() => undefined)
  }
}

/** Whether all bytes came over, and are those of the name. */
async function copyBytes(
  { from, segments }: { readonly from: CopyFilePackParts['from']; readonly segments: SegmentWriter },
  name: string,
  length: number,
): Promise<boolean> {
  while (segments.length < length) {
    const piece = await orNone(() => from.getRange(name, segments.length, PIECE_BYTES))
    if (piece === undefined || piece.length === 0) return false
    await segments.add(piece)
  }
  return (await segments.end()) === name
}

/** What is damaged there is of no use here. */
async function orNone<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (hasErrorCode(error, 'CORRUPT') || hasErrorCode(error, 'WRONG_KEY')) return undefined
    throw error
  }
}
