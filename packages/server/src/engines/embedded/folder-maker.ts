import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './durable-files.js'

const KNOWN_FOLDERS = 10_000

/**
 * Makes folders below one, durably. One that is there may have been made by a process that died before its name was
 * durable, so each name is synced once by this process. Trap: makes of the same folder, and its removal, have to come
 * one after another.
 */
export class FolderMaker {
  readonly #root: string
  readonly #sync: (folder: string) => Promise<void>
  readonly #durable = new Set<string>()

  constructor(root: string, sync: (folder: string) => Promise<void> = syncFolder) {
    this.#root = root
    this.#sync = sync
  }

  async make(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 })
    if (this.#durable.size > KNOWN_FOLDERS) this.#durable.clear()
    for (let at = folder; at.length > this.#root.length; at = dirname(at)) {
      const isNew = first !== undefined && at.length >= first.length
      if (!isNew && this.#durable.has(at)) return
      await this.#sync(dirname(at))
      this.#durable.add(at)
    }
  }
}
