import { findMissing } from '../../commits/ancestry.js'
import { createSealer } from '../../crypto/seal.js'
import { sealStream } from '../../crypto/seal-stream.js'
import type { DatabaseSecrets } from '../../crypto/secrets.js'
import { listCommits, type ReadView } from '../../exchange/list-commits.js'
import { type ArchiveWriterParts, writeArchive } from '../../exchange/write-archive.js'
import type { View } from '../../state/view.js'
import type { Engine } from '../engine.js'
import { NamedFiles } from './named-files.js'

export interface ExportRequest extends Omit<ArchiveWriterParts, 'secrets'> {
  readonly sealed: boolean
  readonly files: boolean
}

/** The whole history of a view, which is that of the call. */
export async function* exportArchive(
  engine: Engine,
  called: Promise<View>,
  request: ExportRequest,
): AsyncGenerator<Uint8Array, void> {
  const view = await called
  const store = await engine.mustGetStore()
  const { secrets } = store
  const read: ReadView = run => engine.read(run)
  const nodes = await read(now => findMissing(view.heads, [], ref => now.nodeOf(ref)))
  const files = new NamedFiles()
  const open = request.files ? await engine.files.open() : undefined
  const archive = writeArchive(
    {
      kind: 'export',
      heads: view.heads.map(({ cid }) => cid),
      commits: nodes.length,
      groups: listCommits(nodes, { read, onFiles: files.add }),
      files: open && files.blocks(open, request.signal),
    },
    { ...request, secrets },
  )
  yield* request.sealed ? sealArchive(secrets, archive) : archive
}

export async function* sealArchive(
  { contentKey, lineage }: DatabaseSecrets,
  archive: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield* sealStream(await createSealer({ contentKey, lineage, kind: 'export' }), archive)
}
