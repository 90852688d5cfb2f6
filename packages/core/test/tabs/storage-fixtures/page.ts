import { createIndexedDbSpace } from '../../../src/storage/indexed-db-storage.js'
import type { Storage } from '../../../src/storage/storage.js'

/** What a test does with a storage in a page: calls by name, so that they can be made from outside. */
class StoragePage {
  readonly #holders = new Map<string, Storage>()

  /** Answers the code of the error, or nothing. */
  async put(
    holder: string,
    key: string,
    size: number,
    reserve = false,
    deletes: string[] = [],
  ): Promise<string | undefined> {
    const storage = await this.#storage(holder)
    try {
      await storage.batch([[key, randomBytes(size)]], deletes, reserve ? { reserve } : {})
      return undefined
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  }

  /** Writes until there is no room; answers the keys that were acknowledged. */
  async fill(holder: string, sizes = [20_000, 2_000]): Promise<string[]> {
    const keys: string[] = []
    for (const size of sizes) {
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

/** `getRandomValues` fills at most 64 KiB at a time. */
function randomBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

declare global {
  interface Window {
    storagePage: StoragePage
  }
}

window.storagePage = new StoragePage()
