import { createAuthor } from '../crypto/identity.js'
import { createSealer } from '../crypto/seal.js'
import type { ClaimOptions } from '../keys/key-store.js'
import { Committer } from '../ledger/committer.js'
import { Ledger, type LedgerStore } from '../ledger/ledger.js'
import { CommitRecords } from '../packs/commit-records.js'
import type { StorageSpace } from '../storage/storage.js'
import { DatabaseHome } from './database-home.js'
import type { Environment } from './environment.js'
import type { ParsedOptions } from './options.js'

/** The parts of an engine that touch storage, codecs and keys. Loaded when the database is first used. */
export interface EngineCore {
  readonly home: DatabaseHome
  readonly ledger: Ledger
  readonly committer: Committer
}

/** Puts the core of an engine together and reads what is stored; makes nothing. */
export async function openCore(
  options: ParsedOptions,
  openSpace: () => Promise<StorageSpace>,
  { now, random, delay, report }: Environment,
): Promise<EngineCore> {
  const home = new DatabaseHome(openSpace)
  const ledger = new Ledger({
    openStore: ({ create }) => openStore({ create, options, home, random }),
    delay,
    report,
  })
  try {
    await ledger.refresh()
  } catch (error) {
    await home.close()
    throw error
  }
  return { home, ledger, committer: new Committer({ ledger, opened: ledger.view, now }) }
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
  if (found === undefined) await home.assertKeysAreThere()
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
