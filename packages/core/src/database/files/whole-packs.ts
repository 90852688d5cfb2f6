import type { FilePackPlace } from '../../codec/file-info.js'
import { isWholePack } from '../../files/is-whole-pack.js'
import type { OpenFiles } from './open-files.js'

type PackParts = Pick<OpenFiles, 'packs' | 'fetcher'>
type WantedPack = Pick<FilePackPlace, 'name' | 'length'>

/**
 * Sees to it that a file pack lies here with the bytes of its name: one that is missing or damaged is fetched. Rejects as the
 * fetch does.
 */
export async function mustBeWhole(
  { packs, fetcher }: PackParts,
  pack: WantedPack,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!(await isWholePack(packs, pack.name, signal))) await fetcher.fetch(pack, { signal })
}
