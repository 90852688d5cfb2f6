import { Compactor } from '../../compact/compactor.js'
import { createSealer } from '../../crypto/seal.js'
import { Ledger, type LedgerStore } from '../../ledger/ledger.js'
import { PackStore } from '../../packs/pack-store.js'
import { StateRecords } from '../../packs/state-records.js'
import { platformPace } from '../../primitives/platform-pace.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import type { Storage } from '../../storage/storage.js'
import type { Scratch } from '../../sync/snapshot/scratch.js'
import type { Environment } from '../environment.js'

export interface OpenScratchOptions {
  readonly environment: Pick<Environment, 'random' | 'delay'>
  readonly compress: boolean
  /** Bytes of what was read that stay in memory. */
  readonly cacheBytes: number
  /** An empty storage of the caller's, who removes it; default: memory. */
  readonly storage?: Storage
}

/** More than any pack that was replaced is kept for: nobody reads in a scratch while it is folded. */
const HOUR = 3_600_000

/** A replica for a while of the database of a store: in memory, and without the right to write. */
export async function openScratch(
  { secrets, packSealer, forkNonce }: LedgerStore,
  { environment, compress, cacheBytes, storage: given }: OpenScratchOptions,
): Promise<Scratch> {
  const { contentKey, lineage } = secrets
  const storage = given ?? (await createMemorySpace().open('scratch'))
  const [commitSealer, recordSealer] = await Promise.all([
    createSealer({ contentKey, lineage, kind: 'commits' }),
    createSealer({ contentKey, lineage, kind: 'record' }),
  ])
  const { random, delay } = environment
  const store: LedgerStore = {
    storage,
    records: new StateRecords({ storage, commitSealer, recordSealer, random, compress }),
    packs: new PackStore({ storage, sealer: packSealer, cacheBytes }),
    packSealer,
    author: undefined,
    secrets,
    forkNonce,
  }
  const ledger = new Ledger({
    openStore: async () => store,
    findRights: async () => undefined,
    delay,
    // Who exchanges with the log hears of what is wrong with it.
    report: () => undefined,
  })
  await ledger.exclusive(async () => undefined)
  let time = 0
  const now = () => (time += HOUR)
  const compactor = new Compactor({
    ledger,
    compress,
    now,
    pace: platformPace,
    cacheKeys: async () => [],
    fileKeys: async () => [],
  })
  return {
    ledger,
    compact: async signal => {
      await compactor.compact({ signal })
    },
    close: () => ledger.close(),
  }
}
