import { pinPrefix } from '../../files/pins.js'
import type { LedgerStore } from '../../ledger/ledger-store.js'
import type { Environment } from '../environment.js'
import { openFilePacks } from './open-file-packs.js'

/** All keys of these file packs, what pins them included. */
export async function fileKeys(
  store: Pick<LedgerStore, 'storage' | 'secrets' | 'forkNonce'>,
  names: ReadonlySet<string>,
  environment: Pick<Environment, 'now' | 'random'>,
): Promise<readonly string[]> {
  const { storage, forkNonce } = store
  const packs = await openFilePacks(store, environment)
  const pins = await Promise.all([...names].map(name => storage.list(pinPrefix(name, forkNonce))))
  return [...(await packs.keysOf(names)), ...pins.flat()]
}
