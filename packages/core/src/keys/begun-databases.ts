import { hasErrorCode } from '../errors.js'
import type { Storage } from '../storage/storage.js'
import { recordKey } from './record-key.js'
import { encodeRegistryEntry, type RegistryEntry } from './registry-entry.js'

type BegunDatabase = Pick<RegistryEntry, 'name' | 'storageId'>

const PREFIX = 'begun/'

/**
 * What the key store knows of databases that are being made: a mark, written before there is anything in their storage,
 * which gives way to the registry entry in one step. So a database is there whole or not at all, and what is left of
 * one that was not finished is found.
 */
export class BegunDatabases {
  readonly #storage: Storage

  /** The storage of the key store. */
  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** The storages in which somebody began to make a database under a name, and did not end. */
  async list(name: string): Promise<string[]> {
    const prefix = await prefixOf(name)
    return (await this.#storage.list(prefix)).map(key => key.slice(prefix.length))
  }

  async begin({ name, storageId }: BegunDatabase): Promise<void> {
    await this.#storage.batch([[(await prefixOf(name)) + storageId, Uint8Array.of(1)]], [])
  }

  /** Forgets what was begun; remove its storage first. */
  async giveUp({ name, storageId }: BegunDatabase): Promise<void> {
    await this.#storage.batch([], [(await prefixOf(name)) + storageId])
  }

  /**
   * The database exists from now on. Answers whether it does: not, where the name was taken meanwhile or somebody else
   * gave up what was begun.
   */
  async finish(entry: RegistryEntry): Promise<boolean> {
    const key = await recordKey(entry.name)
    const begun = (await prefixOf(entry.name)) + entry.storageId
    for (;;) {
      const keys = await this.#storage.list('')
      if (keys.includes(key) || !keys.includes(begun)) return false
      try {
        const seen = { prefix: '', keys }
        await this.#storage.batch([[key, encodeRegistryEntry(entry)]], [begun], { seen })
        return true
      } catch (error) {
        if (!hasErrorCode(error, 'STALE')) throw error
      }
    }
  }
}

async function prefixOf(name: string): Promise<string> {
  return `${await recordKey(name, PREFIX)}/`
}
