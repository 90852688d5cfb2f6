import { AutoCompaction } from '../compact/auto-compaction.js'
import { Compactor, type CompactorParts } from '../compact/compactor.js'
import { createAuthor } from '../crypto/identity.js'
import { READ_SECRET_BYTES } from '../crypto/key.js'
import { createRecordNamer } from '../crypto/record-name.js'
import { createSealer } from '../crypto/seal.js'
import { mayWrite } from '../crypto/secrets.js'
import { FirekeepError } from '../errors.js'
import { SEGMENT_PREFIX } from '../files/segment-key.js'
import type { IndexStore } from '../index/index-base.js'
import type { IndexSet } from '../index/index-set.js'
import { StoredIndexes } from '../index/stored-indexes.js'
import type { ClaimOptions, UnlockedEntry } from '../keys/key-store.js'
import { Committer } from '../ledger/committer.js'
import { Ledger, type LedgerRights, type LedgerStore } from '../ledger/ledger.js'
import type { PackSource } from '../packs/pack-source.js'
import { PackStore } from '../packs/pack-store.js'
import { recordScope } from '../packs/record-scope.js'
import { StateKeys } from '../packs/state-keys.js'
import { StateRecords } from '../packs/state-records.js'
import { reportUncaught } from '../primitives/emitter.js'
import { platformPace } from '../primitives/platform-pace.js'
import { changedSince } from '../state/changes-between.js'
import type { DocumentChange } from '../state/document-change.js'
import type { Storage, StorageSpace } from '../storage/storage.js'
import { DatabaseHome } from './database-home.js'
import type { Environment } from './environment.js'
import type { ParsedOptions } from './options.js'

/** The parts of an engine that touch storage, codecs and keys. Loaded when the database is first used. */
export interface EngineCore {
  readonly home: DatabaseHome
  readonly ledger: Ledger
  readonly committer: Committer
  readonly compactor: Compactor
  /** Whether what is stored or sent is compressed. */
  readonly compress: boolean
  /** Whether the caller gave a key, so that it is known which database this is before there is one. */
  readonly hasKey: boolean
  /** Compacts in the background from now on; what is returned ends that and waits for it. */
  readonly autoCompact: () => () => Promise<void>
  /** Where indexes are stored; `undefined` until the database exists. */
  readonly openIndexStore: () => Promise<IndexStore | undefined>
  /** Whether there is a right to write; of a database that does not exist yet, whether there would be. */
  readonly mayWrite: () => Promise<boolean>
  /** What changed in the newest view since a clock; `undefined` when that is not part of its history. */
  readonly changedSince: (clock: readonly string[]) => Promise<readonly DocumentChange[] | undefined>
}

/** {@link openStored} */
export interface StoredParts {
  readonly store: LedgerStore | undefined
  readonly close: () => Promise<void>
}

export interface OpenCoreParts {
  readonly options: ParsedOptions
  readonly openSpace: () => Promise<StorageSpace>
  readonly environment: Environment
  /** The indexes over it: they are told after a compaction, and asked before contents are erased. */
  readonly indexes: Pick<IndexSet, 'settled' | 'persist'>
  /**
   * Where packs are read that are not stored here, until `packs.useRemote` says otherwise: already the commits that
   * are stored may need them. It need not connect before it is read from.
   */
  readonly packSource?: (store: Pick<LedgerStore, 'secrets' | 'forkNonce'>) => PackSource | undefined
}

/** Puts the core of an engine together and reads what is stored; makes nothing. */
export async function openCore({
  options,
  openSpace,
  environment: { now, random, delay, report },
  indexes,
  packSource,
}: OpenCoreParts): Promise<EngineCore> {
  const home = new DatabaseHome(openSpace, options.key)
  const ledger = new Ledger({
    openStore: async ({ create }) => {
      const store = await openStore({ create, options, home, random })
      store?.packs.useRemote(store && packSource?.(store))
      return store
    },
    findRights: () => findRights(options, home),
    delay,
    report,
  })
  try {
    await ledger.refresh()
  } catch (error) {
    await home.close()
    throw error
  }
  const { compress, autoCompact: limit } = options
  const cacheKeys = async ({ storage, forkNonce }: LedgerStore) => {
    // Stored indexes hold contents and can be made anew; what is being written has begun with the old ones.
    await indexes.settled()
    return storage.list(`${recordScope(forkNonce)}index/`)
  }
  const fileKeys: CompactorParts['fileKeys'] = async (store, names) =>
    (await import('./engine-part.js')).ENGINE_PART.fileKeys(store, names, { now, random })
  const compactor = new Compactor({ ledger, compress, now, pace: platformPace, cacheKeys, fileKeys })
  const mayWriteNow = async () => {
    await ledger.refreshRights()
    return ledger.store === undefined
      ? options.key?.length !== READ_SECRET_BYTES
      : ledger.store.author !== undefined
  }
  return {
    home,
    ledger,
    committer: new Committer({ ledger, opened: ledger.view, now, mayWrite: mayWriteNow }),
    compactor,
    compress,
    hasKey: options.key !== undefined,
    mayWrite: mayWriteNow,
    autoCompact() {
      const onCompacted = async () => {
        await indexes.persist()
        if (ledger.store !== undefined) await removeLeftovers(ledger.store, { now, random })
      }
      const parts = { ledger, compactor, limit, delay, onCompacted, report: reportUncaught }
      const auto = new AutoCompaction(parts)
      return () => auto.stop()
    },
    openIndexStore: async () => ledger.store && openIndexStore(ledger.store, options),
    changedSince: clock => changedSince(ledger.view, clock),
  }
}

/** What a database is made of, without what is stored in it: that may be too damaged to be opened. */
export async function openStored({
  options,
  openSpace,
  environment: { random },
}: Pick<OpenCoreParts, 'options' | 'openSpace' | 'environment'>): Promise<StoredParts> {
  const home = new DatabaseHome(openSpace, options.key)
  try {
    const store = await openStore({ create: false, options, home, random })
    const close = async () => {
      await store?.storage.close()
      await home.close()
    }
    return { store, close }
  } catch (error) {
    await home.close()
    throw error
  }
}

/** Of attachments whose putting ended before its time. */
async function removeLeftovers(
  store: LedgerStore,
  environment: Pick<Environment, 'now' | 'random'>,
): Promise<void> {
  if ((await store.storage.list(SEGMENT_PREFIX)).length === 0) return
  const { ENGINE_PART } = await import('./engine-part.js')
  await (await ENGINE_PART.openFilePacks(store, environment)).removeLeftovers()
}

async function openIndexStore(
  { storage, packSealer, secrets, forkNonce }: LedgerStore,
  { compress, cacheBytes }: ParsedOptions,
): Promise<IndexStore> {
  const { contentKey, lineage } = secrets
  const recordSealer = await createSealer({ contentKey, lineage, kind: 'record' })
  const nameOf = await createRecordNamer(contentKey)
  const cacheOfEach = Math.ceil(cacheBytes / 4)
  return new StoredIndexes({
    ...{ storage, packSealer, recordSealer, nameOf, compress },
    scope: recordScope(forkNonce),
    cacheBytes: cacheOfEach,
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
  const { name, key, durability, cacheBytes } = options
  const keys = await home.keys()
  const found = await keys.find(name)
  if (found === undefined) await home.assertKeysAreThere()
  if (found === undefined && !create) return undefined
  const entry =
    found === undefined ? await keys.claim(name, { key, mint: random }) : await keys.unlock(found, key)
  const { secrets, fork } = entry
  const { contentKey, lineage } = secrets
  const sealerOf = (kind: 'commits' | 'record' | 'pack') => createSealer({ contentKey, lineage, kind })
  const packSealer = await sealerOf('pack')
  const [commitSealer, recordSealer] = [await sealerOf('commits'), await sealerOf('record')]
  const storage = await home.openData(entry.storageId, durability)
  if (fork?.isCopy) await assertCopied(storage, name, fork.nonce)
  const { compress } = options
  const forkNonce = fork?.nonce
  return {
    storage,
    records: new StateRecords({ storage, commitSealer, recordSealer, random, compress, forkNonce }),
    packs: new PackStore({ storage, sealer: packSealer, cacheBytes }),
    packSealer,
    forkNonce,
    ...(await rightsOf(entry)),
  }
}

/** What a link brought since; a key that was given stays what decides. */
async function findRights(
  { name, key }: ParsedOptions,
  home: DatabaseHome,
): Promise<LedgerRights | undefined> {
  if (key !== undefined) return undefined
  const keys = await home.keys()
  const found = await keys.find(name)
  return found?.root && rightsOf(await keys.unlock(found))
}

/** A fork has a snapshot from when it was made. */
async function assertCopied(storage: Storage, name: string, forkNonce: Uint8Array): Promise<void> {
  const keys = await storage.list(new StateKeys(forkNonce).snapshotPrefix)
  if (keys.length > 0) return
  await storage.close()
  const quoted = JSON.stringify(name)
  throw new FirekeepError(
    'STORAGE_FAILED',
    `making the fork ${quoted} was interrupted, or its data was removed: make it again with fork(${quoted}), or call deleteDatabase(${quoted})`,
    { details: { name } },
  )
}

async function rightsOf({ secrets, authorSeed }: UnlockedEntry): Promise<LedgerRights> {
  return { secrets, author: mayWrite(secrets) ? await createAuthor(authorSeed, secrets) : undefined }
}
