import { KEY_BYTES } from '../crypto/key.js'
import { type DatabaseSecrets, deriveSecrets } from '../crypto/secrets.js'
import { mustGetSubtle } from '../crypto/subtle.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { toBase32, toHex, utf8ToBytes } from '../primitives/bytes.js'
import type { Storage } from '../storage/storage.js'
import { decodeRegistryEntry, encodeRegistryEntry, type RegistryEntry } from './registry-entry.js'

/** An entry whose secrets are at hand. */
export interface UnlockedEntry extends RegistryEntry {
  readonly secrets: DatabaseSecrets
}

export interface ClaimOptions {
  /** The root secret the user gave: used, never stored. */
  readonly key?: Uint8Array
  /** Where new secrets come from: `length` random bytes. */
  readonly mint: (length: number) => Uint8Array
}

const PREFIX = 'name/'
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
    return bytes === undefined ? undefined : decodeNamed(name, bytes)
  }

  /**
   * The entry with its secrets: derived from `key` if given, else from the root secret that is kept here.
   * `WRONG_KEY` when `key` is another database's, `KEY_MISSING` when there is neither.
   */
  async unlock(entry: RegistryEntry, key?: Uint8Array): Promise<UnlockedEntry> {
    const root = key ?? entry.root
    if (root === undefined) throw keyMissing(entry.name)
    const secrets = await deriveSecrets(root)
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
    if (existing === undefined) await this.#putIfAbsent(await mintEntry(name, options))
    // What counts is what is read back: another tab may have been first, and then its secret is the one in use.
    const entry = existing ?? (await this.find(name))
    if (entry === undefined) throw keyMissing(name)
    return this.unlock(entry, options.key)
  }

  /** The names of all databases of this device, in order of UTF-16 units. */
  async list(): Promise<string[]> {
    const entries = await this.#storage.getAll(PREFIX)
    return entries.map(([, bytes]) => decodeRegistryEntry(bytes).name).sort()
  }

  /** Forgets a name and its secrets, for good. Remove the data first: it cannot be read afterwards. */
  async remove(name: string): Promise<void> {
    await this.#storage.batch([], [await recordKey(name)])
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

async function mintEntry(name: string, { key, mint }: ClaimOptions): Promise<RegistryEntry> {
  const root = key ?? mint(KEY_BYTES)
  const { lineageId } = await deriveSecrets(root)
  return {
    name,
    storageId: toBase32(mint(STORAGE_ID_BYTES)),
    lineageId,
    root: key === undefined ? root : undefined,
    authorSeed: mint(KEY_BYTES),
  }
}

/** Names are any Unicode, storage keys short ASCII; the hash stays on this device, as the name itself does. */
async function recordKey(name: string): Promise<string> {
  const digest = await mustGetSubtle().digest('SHA-256', utf8ToBytes(name) as BufferSource)
  return PREFIX + toHex(new Uint8Array(digest))
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
