import { createIndexedDbSpace } from '../../../src/storage/indexed-db-storage.js'
import type { Storage } from '../../../src/storage/storage.js'

/** What a test does with a storage in a page: calls by name, so that they can be made from outside. */
class StoragePage {
  readonly #holders = new Map<string, Storage>()

  /** Answers the code of the error, or nothing. */
  async put(holder: string, key: string, size: number, reserve = false): Promise<string | undefined> {
    const storage = await this.#storage(holder)
    try {
      const value = crypto.getRandomValues(new Uint8Array(size))
      await storage.batch([[key, value]], [], reserve ? { reserve } : {})
      return undefined
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  }

  /** Writes until there is no room; answers the keys that were acknowledged. */
  async fill(holder: string): Promise<string[]> {
    const keys: string[] = []
    for (const size of [20_000, 2_000]) {
      for (;;) {
        const key = `k${String(keys.length).padStart(4, '0')}`
        if ((await this.put(holder, key, size)) !== undefined) break
        keys.push(key)
      }
    }
    return keys
  }

  async keys(holder: string): Promise<string[]> {
    return (await this.#storage(holder)).list('')
  }

  async size(holder: string, key: string): Promise<number | undefined> {
    return (await (await this.#storage(holder)).get(key))?.length
  }

  async delete(holder: string, keys: string[]): Promise<void> {
    await (await this.#storage(holder)).batch([], keys)
  }

  async #storage(holder: string): Promise<Storage> {
    const storage = this.#holders.get(holder) ?? (await createIndexedDbSpace().open('db'))
    this.#holders.set(holder, storage)
    return storage
  }
}

declare global {
  interface Window {
    storagePage: StoragePage
  }
}

window.storagePage = new StoragePage()
