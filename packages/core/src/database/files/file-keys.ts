import { createSealer } from '../../crypto/seal.js'
import { FilePacks } from '../../files/file-packs.js'
import { pinPrefix } from '../../files/pins.js'
import type { LedgerStore } from '../../ledger/ledger-store.js'
import type { Environment } from '../environment.js'

/** All keys of these file packs, what pins them included. */
export async function fileKeys(
  { storage, secrets, forkNonce }: Pick<LedgerStore, 'storage' | 'secrets' | 'forkNonce'>,
  names: ReadonlySet<string>,
  { now, random }: Pick<Environment, 'now' | 'random'>,
): Promise<readonly string[]> {
  const { contentKey, lineage } = secrets
  const recordSealer = await createSealer({ contentKey, lineage, kind: 'record' })
  const packs = new FilePacks({ storage, recordSealer, now, random })
  const pins = await Promise.all([...names].map(name => storage.list(pinPrefix(name, forkNonce))))
  return [...(await packs.keysOf(names)), ...pins.flat()]
}
