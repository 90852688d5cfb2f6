import { compareBytes, fromBase32 } from '../primitives/bytes.js'
import { type FileInfo, packsOf } from './file-info.js'

/** The names of all packs that these attachments lie in, as digests: ascending, each once; `undefined` without any. */
export function fileDigests(files: Iterable<FileInfo>): readonly Uint8Array[] | undefined {
  const digestByName = new Map<string, Uint8Array>()
  for (const { pack } of files) {
    for (const { name } of packsOf(pack) ?? []) digestByName.set(name, fromBase32(name) as Uint8Array)
  }
  return digestByName.size === 0 ? undefined : [...digestByName.values()].sort(compareBytes)
}
