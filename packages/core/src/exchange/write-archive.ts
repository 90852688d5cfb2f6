import type { Block } from '../codec/block.js'
import { encodeCarHeader, encodeCarSections } from '../codec/car.js'
import type { CID } from '../codec/cid.js'
import type { DatabaseSecrets } from '../crypto/secrets.js'
import { concatBytes } from '../primitives/bytes.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { IdChain } from './id-chain.js'
import { encodeManifest, encodeTrailer, type Manifest } from './manifest.js'

/** What goes into an archive. */
export interface ArchiveContent extends Pick<Manifest, 'kind' | 'commits'> {
  readonly heads: readonly CID[]
  /** Each commit with those of its contents that there are, in the order of its operations; parents first. */
  readonly groups: AsyncIterable<readonly Block[]>
  /** What stands behind the commits. */
  readonly files?: AsyncIterable<Block> | undefined
}

export interface ArchiveWriterParts {
  readonly secrets: Pick<DatabaseSecrets, 'lineage' | 'writePublicKey' | 'readKey'>
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

/** Chunks of about this size are handed out. */
const CHUNK_BYTES = 64 * 1024

/** Writes an archive (`docs/format.md`, Archive): a CAR of a manifest, the commits with their contents, and a trailer. */
export async function* writeArchive(
  { kind, heads, commits, groups, files }: ArchiveContent,
  { secrets, signal, onProgress }: ArchiveWriterParts,
): AsyncGenerator<Uint8Array, void> {
  const chain = new IdChain()
  const sections = async (blocks: readonly Block[]) => {
    throwIfAborted(signal)
    for (const { cid } of blocks) await chain.add(cid)
    return encodeCarSections(blocks)
  }
  const keys = { read: secrets.readKey.publicKey, write: secrets.writePublicKey }
  const manifest = await encodeManifest({ kind, db: secrets.lineage, keys, heads, commits })
  let parts = [encodeCarHeader([manifest.cid]), await sections([manifest])]
  let size = 0
  let done = 0
  const flush = () => {
    const chunk = concatBytes(...parts)
    parts = []
    size = 0
    return chunk
  }
  const add = (part: Uint8Array) => {
    parts.push(part)
    size += part.length
    return size >= CHUNK_BYTES
  }
  for await (const blocks of groups) {
    if (add(await sections(blocks))) yield flush()
    onProgress?.({ done: ++done, total: commits })
  }
  if (files !== undefined) for await (const block of files) if (add(await sections([block]))) yield flush()
  parts.push(encodeCarSections([await encodeTrailer({ blocks: chain.count, digest: chain.digest })]))
  yield flush()
}
