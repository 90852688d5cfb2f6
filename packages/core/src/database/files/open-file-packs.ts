import { createSealer } from '../../crypto/seal.js'
import { FilePacks } from '../../files/file-packs.js'
import type { LedgerStore } from '../../ledger/ledger-store.js'
import type { Environment } from '../environment.js'

/** The file packs that are on this device, of all databases of the storage. */
export async function openFilePacks(
  { storage, secrets }: Pick<LedgerStore, 'storage' | 'secrets'>,
  { now, random }: Pick<Environment, 'now' | 'random'>,
): Promise<FilePacks> {
  const { contentKey, lineage } = secrets
  const recordSealer = await createSealer({ contentKey, lineage, kind: 'record' })
  return new FilePacks({ storage, recordSealer, now, random })
}
