import { createAuthor } from '../crypto/identity.js'
import { createSealer } from '../crypto/seal.js'
import { IndexSet } from '../index/index-set.js'
import type { ClaimOptions } from '../keys/key-store.js'
import { DocumentWriter } from '../ledger/document-writer.js'
import { Ledger, type LedgerStore } from '../ledger/ledger.js'
import { WriteQueue } from '../ledger/write-queue.js'
import { CommitRecords } from '../packs/commit-records.js'
import type { StorageSpace } from '../storage/storage.js'
import { DatabaseHome } from './database-home.js'
import { Engine } from './engine.js'
import type { Environment } from './environment.js'
import type { ParsedOptions } from './options.js'

/** Puts an engine together: the one place where its parts meet. Touches no storage before first use. */
export function createEngine(
  options: ParsedOptions,
  openSpace: () => Promise<StorageSpace>,
  environment: Environment,
): Engine {
  const { now, random, delay, report } = environment
  const home = new DatabaseHome(openSpace)
  const ledger = new Ledger({
    openStore: ({ create }) => openStore({ create, options, home, random }),
    delay,
    report,
  })
  return new Engine({
    name: options.name,
    environment,
    ledger,
    home,
    writer: new DocumentWriter({ now, random }),
    createQueue: opened => new WriteQueue({ ledger, opened, now }),
    createIndexes: source =>
      new IndexSet({ source, pace: { now: () => performance.now(), pause: () => delay(0) } }),
  })
}

interface OpenStoreParts {
  readonly create: boolean
  readonly options: ParsedOptions
  readonly home: DatabaseHome
  readonly random: ClaimOptions['mint']
}

async function openStore({
  create,
  options,
  home,
  random,
}: OpenStoreParts): Promise<LedgerStore | undefined> {
  const { name, key, durability } = options
  const keys = await home.keys()
  const found = await keys.find(name)
  if (found === undefined && !create) return undefined
  const entry =
    found === undefined
      ? await keys.claim(name, { ...(key && { key }), mint: random })
      : await keys.unlock(found, key)
  const { secrets } = entry
  const sealer = await createSealer({
    contentKey: secrets.contentKey,
    lineage: secrets.lineage,
    kind: 'commits',
  })
  const storage = await home.openData(entry.storageId, durability)
  return {
    storage,
    records: new CommitRecords({ storage, sealer, random }),
    author: await createAuthor(entry.authorSeed, secrets),
    secrets,
  }
}
