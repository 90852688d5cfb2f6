import { FirekeepError } from '../errors.js'
import { KeyStore } from '../keys/key-store.js'
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
  #dataId: string | undefined

  constructor(openSpace: () => Promise<StorageSpace>) {
    this.#openSpace = openSpace
  }

  /** The storage that holds the data, once it was opened. */
  get dataId(): string | undefined {
    return this.#dataId
  }

  async keys(): Promise<KeyStore> {
    return new KeyStore(await this.keyStorage())
  }

  async keyStorage(): Promise<Storage> {
    return (await this.#openKeys()).storage
  }

  async openData(storageId: string, durability: OpenStorageOptions['durability'] & string): Promise<Storage> {
    const { space } = await this.#openKeys()
    const storage = await space.open(storageId, { durability })
    this.#watch(storage)
    this.#dataId = storageId
    return storage
  }

  /**
   * Throws `KEY_MISSING` where there is data of some database and not one key: the key store was lost, and a
   * new key under an old name would hide that.
   */
  async assertKeysAreThere(): Promise<void> {
    const { space, storage } = await this.#openKeys()
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

  /** Removes the data, then the key: without its key data cannot be read, without data a key is harmless. */
  async remove(name: string): Promise<void> {
    const { space } = await this.#openKeys()
    const keys = await this.keys()
    const entry = await keys.find(name)
    if (entry !== undefined) {
      await space.remove(entry.storageId)
      await keys.remove(name)
    }
    await this.close()
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
