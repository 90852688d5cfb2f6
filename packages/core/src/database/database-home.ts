import { FirekeepError } from '../errors.js'
import { BegunDatabases } from '../keys/begun-databases.js'
import { KeyStore } from '../keys/key-store.js'
import type { RegistryEntry } from '../keys/registry-entry.js'
import { Emitter } from '../primitives/emitter.js'
import type { OpenStorageOptions, Storage, StorageSpace } from '../storage/storage.js'

/** The storage that holds the key store of a space. */
const KEYS = 'keys'

/** Where a database lives: the key store of a space, and its own storage beside it once it exists. */
export class DatabaseHome {
  readonly #openSpace: () => Promise<StorageSpace>
  readonly #hints = new Emitter<void>()
  #keys: Promise<{ readonly space: StorageSpace; readonly storage: Storage }> | undefined
  #stopWatching: (() => void) | undefined
  readonly #key: Uint8Array | undefined
  #dataId: string | undefined
  #storageId: string | undefined

  /** `key` is the secret of the database where it is not kept here. */
  constructor(openSpace: () => Promise<StorageSpace>, key?: Uint8Array) {
    this.#openSpace = openSpace
    this.#key = key
  }

  /** The storage that holds the data, once it was opened. */
  get dataId(): string | undefined {
    return this.#dataId
  }

  /** As {@link DatabaseHome.dataId}, and different from those of other spaces; still known when it is closed. */
  get storageId(): string | undefined {
    return this.#storageId
  }

  async keys(): Promise<KeyStore> {
    return new KeyStore(await this.keyStorage())
  }

  async begun(): Promise<BegunDatabases> {
    return new BegunDatabases(await this.keyStorage())
  }

  /** Where the key store and all data of this place lie. */
  async space(): Promise<StorageSpace> {
    return (await this.#openKeys()).space
  }

  async keyStorage(): Promise<Storage> {
    return (await this.#openKeys()).storage
  }

  async openData(storageId: string, durability: OpenStorageOptions['durability'] & string): Promise<Storage> {
    const { space } = await this.#openKeys()
    const storage = await space.open(storageId, { durability })
    this.#watch(storage)
    this.#dataId = storageId
    this.#storageId = `${space.id} ${storageId}`
    return storage
  }

  /**
   * Throws `KEY_MISSING` where there is data of some database and not one key: the key store was lost, and a
   * new key under an old name would hide that.
   */
  async assertKeysAreThere(): Promise<void> {
    const { space, storage } = await this.#openKeys()
    await (await this.keys()).finishRemovals({ removeAll: storageId => space.remove(storageId) })
    // Data first: the key of whatever is found was stored before it.
    const databases = (await space.list()).filter(id => id !== KEYS)
    if (databases.length === 0 || (await storage.list('')).length > 0) return
    throw new FirekeepError(
      'KEY_MISSING',
      'there is data here, and the store of its keys is empty: bring back the keys, or keep new data in another place',
      { details: { storage: space.id, databases } },
    )
  }

  /** Calls `listener` when another tab or process may have made the database or written to it. */
  watch(listener: () => void): () => void {
    return this.#hints.subscribe(listener)
  }

  /**
   * Removes the data, then the key: without its key data cannot be read, without data a key is harmless. What forks of
   * the database, or the one it is a fork of, have in the same storage stays.
   */
  async remove(name: string): Promise<void> {
    await this.forget(name)
    await this.close()
  }

  /** As {@link DatabaseHome.remove}, of a database other than this one. */
  async forget(name: string): Promise<void> {
    await this.removeBegun(name)
    const { space } = await this.#openKeys()
    const keys = await this.keys()
    await keys.remove(name, {
      removeOne: entry => this.#removeOne(space, keys, entry),
      removeAll: storageId => space.remove(storageId),
    })
  }

  /** Removes what is left of databases that somebody began to make under a name. */
  async removeBegun(name: string): Promise<void> {
    const { space } = await this.#openKeys()
    const begun = await this.begun()
    for (const storageId of await begun.list(name)) {
      await space.remove(storageId)
      await begun.giveUp({ name, storageId })
    }
  }

  async #removeOne(space: StorageSpace, keys: KeyStore, entry: RegistryEntry): Promise<void> {
    const { ENGINE_PART } = await import('./engine-part.js')
    const isHere = this.#key !== undefined || entry.root !== undefined || entry.readSecret !== undefined
    const secrets = isHere ? (await keys.unlock(entry, this.#key)).secrets : undefined
    const storage = await space.open(entry.storageId, { durability: 'strict' })
    try {
      await ENGINE_PART.removeShared(storage, entry, secrets)
    } finally {
      await storage.close()
    }
  }

  async close(): Promise<void> {
    const opened = this.#keys
    this.#keys = undefined
    this.#stopWatching?.()
    this.#stopWatching = undefined
    if (opened !== undefined) await (await opened).storage.close()
  }

  #openKeys(): Promise<{ readonly space: StorageSpace; readonly storage: Storage }> {
    this.#keys ??= this.#open().catch(error => {
      this.#keys = undefined
      throw error
    })
    return this.#keys
  }

  async #open() {
    const space = await this.#openSpace()
    const storage = await space.open(KEYS, { durability: 'strict' })
    this.#watch(storage)
    return { space, storage }
  }

  /** The key store tells of the making of the database; from then on its own storage tells of writes. */
  #watch(storage: Storage): void {
    this.#stopWatching?.()
    this.#stopWatching = storage.watch(() => this.#hints.emit())
  }
}
