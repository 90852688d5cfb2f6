import { createSealer, type Sealer } from '../../crypto/seal.js'
import { FileLoader } from '../../files/file-loader.js'
import { FilePackFetcher } from '../../files/file-pack-fetcher.js'
import { FilePacks } from '../../files/file-packs.js'
import type { LedgerStore } from '../../ledger/ledger-store.js'
import type { PackSource } from '../../packs/pack-source.js'
import type { Environment } from '../environment.js'

/** What the attachments of a database are stored and read with. */
export interface OpenFiles {
  readonly packs: FilePacks
  /** Of the kind `file`. */
  readonly sealer: Sealer
  readonly loader: FileLoader
  /** Fetches packs that are not here, or damaged. */
  readonly fetcher: FilePackFetcher
}

/** Where packs are read that are not here: from all remotes in turn, or from each by itself. */
export interface RemotePacks {
  packSource(store: LedgerStore): PackSource
  packSources(store: LedgerStore): readonly PackSource[]
}

export async function openFiles(
  store: LedgerStore,
  { now, random }: Pick<Environment, 'now' | 'random'>,
  attachments: RemotePacks,
): Promise<OpenFiles> {
  const { storage, secrets } = store
  const { contentKey, lineage } = secrets
  const sealer = await createSealer({ contentKey, lineage, kind: 'file' })
  const recordSealer = await createSealer({ contentKey, lineage, kind: 'record' })
  const packs = new FilePacks({ storage, recordSealer, now, random })
  const remote = attachments.packSource(store)
  const fetcher = new FilePackFetcher({ packs, now, sources: () => attachments.packSources(store) })
  const loader = new FileLoader({
    packs,
    sealer,
    remote,
    keepPack: (info, options) => fetcher.fetch(info, options),
  })
  return { packs, sealer, loader, fetcher }
}
