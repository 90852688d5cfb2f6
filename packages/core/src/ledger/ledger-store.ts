import type { Author } from '../crypto/identity.js'
import type { Sealer } from '../crypto/seal.js'
import type { DatabaseSecrets } from '../crypto/secrets.js'
import type { PackStore } from '../packs/pack-store.js'
import type { StateRecords } from '../packs/state-records.js'
import type { Storage } from '../storage/storage.js'

/** What a database is made of once it exists. */
export interface LedgerStore {
  readonly storage: Storage
  readonly records: StateRecords
  readonly packs: PackStore
  /** Seals packs. */
  readonly packSealer: Sealer
  /** Signs commits; `undefined` where there is no right to write. */
  readonly author: Author | undefined
  readonly secrets: DatabaseSecrets
  /** What tells a fork from the other databases of its lineage; `undefined` for the one that it began with. */
  readonly forkNonce?: Uint8Array | undefined
}

/** What somebody may do with a database, and how he proves it. */
export type LedgerRights = Pick<LedgerStore, 'author' | 'secrets'>
