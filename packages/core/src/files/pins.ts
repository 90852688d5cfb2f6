import { hasErrorCode } from '../errors.js'
import { recordScope } from '../packs/record-scope.js'
import type { Storage } from '../storage/storage.js'

export interface PinsParts {
  readonly storage: Pick<Storage, 'list' | 'batch'>
  /** Of the fork whose pins they are; each database of a storage has its own. */
  readonly forkNonce: Uint8Array | undefined
  /** Makes names that say nothing (L8). */
  readonly nameRecord: (name: string) => string
}

/**
 * Which attachments of a database are to stay on this device. A pack may hold several, so each has a record of its own: a
 * pack may go when none of them is left.
 */
export class Pins {
  readonly #parts: PinsParts

  constructor(parts: PinsParts) {
    this.#parts = parts
  }

  async add(pack: string, file: string): Promise<void> {
    await this.#parts.storage.batch([[this.#key(pack, file), PINNED]], [])
  }

  /** Whether a pack is kept here for others than these attachments. */
  async isPinnedBeside(pack: string, files: readonly string[]): Promise<boolean> {
    const own = new Set(files.map(file => this.#key(pack, file)))
    return (await this.#parts.storage.list(this.#prefix(pack))).some(key => !own.has(key))
  }

  async isPinned(pack: string): Promise<boolean> {
    return this.isPinnedBeside(pack, [])
  }

  /** Removes the pins of these attachments; answers whether none of the pack is left. */
  async remove(pack: string, files: readonly string[]): Promise<boolean> {
    const { storage } = this.#parts
    const own = files.map(file => this.#key(pack, file))
    const prefix = this.#prefix(pack)
    for (;;) {
      const keys = await storage.list(prefix)
      try {
        await storage.batch([], own, { seen: { prefix, keys } })
        return keys.every(key => own.includes(key))
      } catch (error) {
        // Somebody pinned or unpinned another of its files meanwhile.
        if (!hasErrorCode(error, 'STALE')) throw error
      }
    }
  }

  #prefix(pack: string): string {
    return pinPrefix(pack, this.#parts.forkNonce)
  }

  #key(pack: string, file: string): string {
    return this.#prefix(pack) + this.#parts.nameRecord(`pin ${file}`)
  }
}

/** A record says something by being there. */
const PINNED = Uint8Array.of(1)

/** What the keys of the pins of a pack begin with. */
export function pinPrefix(pack: string, forkNonce: Uint8Array | undefined): string {
  return `${recordScope(forkNonce)}pin/${pack}/`
}
