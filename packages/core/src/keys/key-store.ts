import { KEY_BYTES, READ_SECRET_BYTES } from '../crypto/key.js'
import { type DatabaseSecrets, deriveFromKey } from '../crypto/secrets.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { BatchOptions, Storage, StorageEntry } from '../storage/storage.js'
import { decodeAddedSecret, encodeAddedSecret } from './added-secret.js'
import { NAME_PREFIX, recordKey } from './record-key.js'
import { decodeRegistryEntry, encodeRegistryEntry, type RegistryEntry } from './registry-entry.js'

/** An entry whose secrets are at hand. */
export interface UnlockedEntry extends RegistryEntry {
  readonly secrets: DatabaseSecrets
}

export interface ClaimOptions {
  /** The root secret or the read secret that the user gave: used, never stored. */
  readonly key?: Uint8Array | undefined
  /** Where new secrets come from: `length` random bytes. */
  readonly mint: (length: number) => Uint8Array
}

/** What removes the data of a database. */
export interface DataRemoval {
  /** What only this one of several databases of a storage has. */
  readonly removeOne: (entry: RegistryEntry) => Promise<void>
  /** A storage, with all that is in it; a missing one is fine. */
  readonly removeAll: (storageId: string) => Promise<void>
}

/** Stands for a storage that is being removed. */
const REMOVED_PREFIX = 'removed/'
const STORAGE_ID_BYTES = 15

/**
 * The databases of this device: which storage each name means, and its secrets. Apart from all data, so that
 * damage to one is not damage to the other.
 *
 * Trap: give it a storage opened with `durability: 'strict'`. A secret that is lost after data was sealed with it
 * is lost data.
 *
 * Secrets are stored as they are: whoever can run code in the page or read the files can read them.
 */
export class KeyStore {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** The entry under `name`. Mints and writes nothing. `CORRUPT` when its record is damaged. */
  async find(name: string): Promise<RegistryEntry | undefined> {
    const bytes = await this.#storage.get(await recordKey(name))
    return bytes === undefined ? undefined : this.#withAdded(decodeNamed(name, bytes))
  }

  /** The entries of one lineage, forks among them, in order of names: a database may have been opened under several. */
  async findLineage(lineageId: string): Promise<RegistryEntry[]> {
    return (await this.#all()).filter(entry => entry.lineageId === lineageId)
  }

  /**
   * The entry of a fork of `base`, in its storage, made if there is none under that name. The same, where it is there
   * already; `undefined`, and nothing is written, where the name means another database.
   */
  async addFork(name: string, base: RegistryEntry, nonce: Uint8Array): Promise<RegistryEntry | undefined> {
    const baseKey = await recordKey(base.name)
    const made = encodeRegistryEntry({ ...base, name, fork: { nonce, isCopy: true } })
    await this.#guarded(
      async (records, key) => {
        const names = records.map(([name]) => name)
        if (names.includes(key)) return
        if (!names.includes(baseKey)) throw new FirekeepError('CLOSED', 'the database was removed')
        await this.#storage.batch([[key, made]], [], seenNames(records))
      },
      { name },
    )
    const entry = await this.find(name)
    return entry?.storageId === base.storageId && entry.fork?.isCopy ? entry : undefined
  }

  /**
   * The entry with its secrets: derived from `key` if given, else from the root secret that is kept here, else from
   * the read secret. `WRONG_KEY` when `key` is another database's, `KEY_MISSING` when there is none.
   */
  async unlock(entry: RegistryEntry, key?: Uint8Array): Promise<UnlockedEntry> {
    const secret = key ?? entry.root ?? entry.readSecret
    if (secret === undefined) throw keyMissing(entry.name)
    const secrets = await deriveFromKey(secret)
    if (secrets.lineageId === entry.lineageId) return { ...entry, secrets }
    if (key === undefined) throw damaged(entry.name)
    throw new FirekeepError(
      'WRONG_KEY',
      `the key given is not the key of the database ${quote(entry.name)}`,
      {
        details: { name: entry.name },
      },
    )
  }

  /**
   * The entry under `name`, made if there is none, durable when it resolves. Whoever claims a name at the same
   * time, in whatever tab or process, gets the same entry. Errors as in {@link KeyStore.unlock}.
   */
  async claim(name: string, options: ClaimOptions): Promise<UnlockedEntry> {
    const existing = await this.find(name)
    const { key, mint } = options
    if (existing === undefined) await this.#putIfAbsent(await mintEntry(name, { given: key, mint }))
    // What counts is what is read back: another tab may have been first, and then its secret is the one in use.
    const entry = existing ?? (await this.find(name))
    if (entry === undefined) throw keyMissing(name)
    return this.unlock(entry, options.key)
  }

  /**
   * Keeps a root secret or a read secret, durably, for the database it belongs to under `name`; the entry is made if
   * there is none, that of a fork with `forkNonce`. A right that was there stays. Answers the entry: of another database, and then nothing was
   * written, where the name means one.
   */
  async keep(
    name: string,
    secret: Uint8Array,
    mint: ClaimOptions['mint'],
    forkNonce?: Uint8Array,
  ): Promise<RegistryEntry> {
    const fork = forkNonce && { nonce: forkNonce, isCopy: false }
    for (;;) {
      const made =
        (await this.find(name)) === undefined ? await mintEntry(name, { secret, mint, fork }) : undefined
      if (made !== undefined) await this.#putIfAbsent(made)
      const entry = await this.find(name)
      if (entry === undefined) throw keyMissing(name)
      const { lineageId } = await deriveFromKey(secret)
      if (entry.lineageId !== lineageId || isKept(entry, secret) || (await this.#add(entry, secret)))
        return (await this.find(name)) ?? entry
    }
  }

  /** The names of all databases of this device, in order of UTF-16 units. */
  async list(): Promise<string[]> {
    return (await this.#all()).map(({ name }) => name)
  }

  async #all(): Promise<RegistryEntry[]> {
    const records = await this.#storage.getAll(NAME_PREFIX)
    const entries = records.map(([, bytes]) => decodeRegistryEntry(bytes))
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /**
   * Removes a database: its data by `data`, then its name, and with the last name of a storage the secrets (sealed data
   * without its key is lost, a key without data is harmless). Whoever makes a fork or removes another name of that storage
   * meanwhile is noticed: what somebody still needs stays, and the last one removes all. Who dies in between leaves a
   * removal that {@link KeyStore.finishRemovals} ends. A missing name is fine.
   */
  async remove(name: string, data: DataRemoval): Promise<void> {
    for (;;) {
      const entry = await this.find(name)
      if (entry === undefined) return
      if (await this.#isShared(entry)) {
        await data.removeOne(entry)
        if (await this.#leave(entry)) return
      } else if (await this.#retire(entry)) return this.#finish(entry.storageId, data)
    }
  }

  /** Ends what somebody began to remove and did not live to finish. */
  async finishRemovals(data: Pick<DataRemoval, 'removeAll'>): Promise<void> {
    for (const key of await this.#storage.list(REMOVED_PREFIX))
      await this.#finish(key.slice(REMOVED_PREFIX.length), data)
  }

  async #finish(storageId: string, data: Pick<DataRemoval, 'removeAll'>): Promise<void> {
    await data.removeAll(storageId)
    await this.#storage.batch([], [REMOVED_PREFIX + storageId, ...Object.values(addedKeys({ storageId }))])
  }

  async #isShared(entry: RegistryEntry): Promise<boolean> {
    return isNamedByOther(await this.#storage.getAll(NAME_PREFIX), entry, await recordKey(entry.name))
  }

  /** Takes the name away from data that others have too. Answers `false`, with nothing changed, where nobody else has it any more. */
  #leave(entry: RegistryEntry): Promise<boolean> {
    return this.#guarded(async (records, key) => {
      if (!isNamedByOther(records, entry, key)) return false
      await this.#storage.batch([], [key], seenNames(records))
      return true
    }, entry)
  }

  /** Puts a mark in the place of the last name of a storage: from then on nobody makes a fork of it. `false` where it is not the last. */
  #retire(entry: RegistryEntry): Promise<boolean> {
    return this.#guarded(async (records, key) => {
      if (isNamedByOther(records, entry, key)) return false
      const mark = [REMOVED_PREFIX + entry.storageId, encodeRegistryEntry(entry)] as const
      await this.#storage.batch([mark], [key], seenNames(records))
      return true
    }, entry)
  }

  /** Decides by all names there are, again when another tab or process changed them meanwhile. */
  async #guarded<T>(
    decide: (records: readonly StorageEntry[], key: string) => Promise<T>,
    { name }: Pick<RegistryEntry, 'name'>,
  ): Promise<T> {
    const key = await recordKey(name)
    for (;;) {
      try {
        return await decide(await this.#storage.getAll(NAME_PREFIX), key)
      } catch (error) {
        if (!hasErrorCode(error, 'STALE')) throw error
      }
    }
  }

  /** Answers whether it is stored: not, where the entry was removed meanwhile. */
  async #add(entry: RegistryEntry, secret: Uint8Array): Promise<boolean> {
    const name = await recordKey(entry.name)
    const { root, read } = addedKeys(entry)
    const key = secret.length === READ_SECRET_BYTES ? read : root
    try {
      const seen = { prefix: name, keys: [name] }
      await this.#storage.batch([[key, encodeAddedSecret(secret)]], [], { seen })
      return true
    } catch (error) {
      if (!hasErrorCode(error, 'STALE')) throw error
      return false
    }
  }

  /** The entry with the secrets that came later. */
  async #withAdded(entry: RegistryEntry): Promise<RegistryEntry> {
    if (entry.root !== undefined) return entry
    const { root, read } = addedKeys(entry)
    const [rootBytes, readBytes] = [await this.#storage.get(root), await this.#storage.get(read)]
    return {
      ...entry,
      root: rootBytes && decodeAddedSecret(rootBytes, KEY_BYTES),
      readSecret: entry.readSecret ?? (readBytes && decodeAddedSecret(readBytes, READ_SECRET_BYTES)),
    }
  }

  async #putIfAbsent(entry: RegistryEntry): Promise<void> {
    const key = await recordKey(entry.name)
    try {
      await this.#storage.batch([[key, encodeRegistryEntry(entry)]], [], { seen: { prefix: key, keys: [] } })
    } catch (error) {
      if (!hasErrorCode(error, 'STALE')) throw error
    }
  }
}

interface MintOptions extends Pick<ClaimOptions, 'mint'> {
  /** A secret that is used and not stored. */
  readonly given?: Uint8Array | undefined
  /** A secret to store. */
  readonly secret?: Uint8Array
  readonly fork?: RegistryEntry['fork']
}

async function mintEntry(name: string, { given, secret, mint, fork }: MintOptions): Promise<RegistryEntry> {
  const used = given ?? secret ?? mint(KEY_BYTES)
  const { lineageId } = await deriveFromKey(used)
  const isRead = used.length === READ_SECRET_BYTES
  return {
    name,
    storageId: toBase32(mint(STORAGE_ID_BYTES)),
    lineageId,
    root: given !== undefined || isRead ? undefined : used,
    readSecret: given === undefined && isRead ? used : undefined,
    authorSeed: mint(KEY_BYTES),
    fork,
  }
}

/** Whether a right is kept already, or a greater one. */
function isKept({ root, readSecret }: RegistryEntry, secret: Uint8Array): boolean {
  return root !== undefined || (readSecret !== undefined && secret.length === READ_SECRET_BYTES)
}

/** Whether another name has the same data. One that cannot be read may have it. */
function isNamedByOther(
  records: readonly StorageEntry[],
  { storageId }: RegistryEntry,
  own: string,
): boolean {
  return records.some(([key, bytes]) => {
    if (key === own) return false
    try {
      return decodeRegistryEntry(bytes).storageId === storageId
    } catch {
      return true
    }
  })
}

function seenNames(records: readonly StorageEntry[]): BatchOptions {
  return { seen: { prefix: NAME_PREFIX, keys: records.map(([key]) => key) } }
}

/**
 * Where secrets lie that came after the entry. Records of their own, as no record is ever changed: two tabs that add
 * at the same time, or one that removes and makes the name anew, take nothing from each other.
 */
function addedKeys({ storageId }: Pick<RegistryEntry, 'storageId'>): {
  readonly root: string
  readonly read: string
} {
  return { root: `root/${storageId}`, read: `read/${storageId}` }
}

function decodeNamed(name: string, bytes: Uint8Array): RegistryEntry {
  const entry = decodeRegistryEntry(bytes)
  if (entry.name !== name) throw damaged(name)
  return entry
}

function keyMissing(name: string): FirekeepError {
  return new FirekeepError(
    'KEY_MISSING',
    `the key of the database ${quote(name)} is not on this device: open it with the option "key" and its recovery string`,
    { details: { name } },
  )
}

function damaged(name: string): FirekeepError {
  return new FirekeepError('CORRUPT', `the key store record of the database ${quote(name)} is damaged`, {
    details: { name },
  })
}

function quote(name: string): string {
  return JSON.stringify(name)
}
