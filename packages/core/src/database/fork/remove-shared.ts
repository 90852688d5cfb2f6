import { createSealer } from '../../crypto/seal.js'
import type { DatabaseSecrets } from '../../crypto/secrets.js'
import { type RecordReader, removeRecords } from '../../fork/remove-records.js'
import type { RegistryEntry } from '../../keys/registry-entry.js'
import { StateRecords } from '../../packs/state-records.js'
import { randomBytes } from '../../primitives/bytes.js'
import type { Storage } from '../../storage/storage.js'
import { fileKeys } from '../files/file-keys.js'

/** Removes one of several databases of a storage; without its secrets what it shares with the others stays. */
export async function removeShared(
  storage: Storage,
  { fork }: RegistryEntry,
  secrets: DatabaseSecrets | undefined,
): Promise<void> {
  const reader = secrets && (await readerOf(storage, secrets))
  await removeRecords({ storage, forkNonce: fork?.nonce, reader })
}

async function readerOf(storage: Storage, secrets: DatabaseSecrets): Promise<RecordReader> {
  const { contentKey, lineage } = secrets
  const [commitSealer, recordSealer] = await Promise.all([
    createSealer({ contentKey, lineage, kind: 'commits' }),
    createSealer({ contentKey, lineage, kind: 'record' }),
  ])
  // It reads only: nothing here is named or stamped.
  const random = randomBytes
  return {
    recordSealer,
    records: new StateRecords({ storage, commitSealer, recordSealer, random, compress: false }),
    fileKeys: names => fileKeys({ storage, secrets }, names, { now: () => 0, random }),
  }
}
