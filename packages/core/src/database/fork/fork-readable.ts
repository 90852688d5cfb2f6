import { hasErrorCode } from '../../errors.js'
import { KeyStore, type UnlockedEntry } from '../../keys/key-store.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import type { Storage, StorageSpace } from '../../storage/storage.js'
import type { Database } from '../database.js'
import type { DatabaseHome } from '../database-home.js'
import type { AnyDocument } from '../document-types.js'
import type { Engine } from '../engine.js'
import { engineOf } from '../engine-of.js'
import { nameTaken } from '../name-taken.js'
import { pickDocuments } from './pick-documents.js'

/**
 * A database of one's own with the documents that one may read elsewhere: other secrets, no history, and each document
 * says where it comes from. It is made beside the key store, which learns of it last: who is killed leaves no database
 * under the name, and what is left of it goes with the next one of that name.
 */
export async function forkReadable(
  engine: Engine,
  name: string,
  asOf: readonly string[] | undefined,
): Promise<Database<AnyDocument>> {
  const { home } = await engine.open()
  if ((await (await home.keys()).find(name)) !== undefined) throw nameTaken(name)
  await home.removeBegun(name)
  const hidden = await HiddenSpace.in(await home.space())
  const entry = await hidden.keys.claim(name, { mint: engine.environment.random })
  const begun = await home.begun()
  await begun.begin(entry)
  try {
    await writeTo(hidden, { engine, name, asOf })
    if (!(await begun.finish(entry))) throw nameTaken(name)
  } catch (error) {
    await removeUnlessTaken(home, entry)
    throw error
  }
  const fork = engine.openSibling(name, { withKey: false }) as Database<AnyDocument>
  // It may have been open under this name before there was anything.
  await (await engineOf(fork).open()).ledger.refresh()
  return fork
}

interface WriteParts {
  readonly engine: Engine
  readonly name: string
  readonly asOf: readonly string[] | undefined
}

async function writeTo(space: HiddenSpace, { engine, name, asOf }: WriteParts): Promise<void> {
  const target = engine.openSibling(name, { withKey: false, space }) as Database<AnyDocument>
  try {
    const ids = await engine.readAt(asOf, async view => {
      const ids: string[] = []
      for await (const page of view.shownPages()) {
        for (const { id, document } of page) if (document !== undefined) ids.push(id)
      }
      return ids
    })
    await pickDocuments(engineOf(target), { engine, asOf }, ids)
  } finally {
    await target.close()
  }
}

/** Where the outcome is not known it may be there; and where nothing can be removed now, the next one does. */
async function removeUnlessTaken(home: DatabaseHome, { name, storageId }: UnlockedEntry): Promise<void> {
  try {
    if ((await (await home.keys()).find(name))?.storageId === storageId) return
    await (await home.space()).remove(storageId)
    await (await home.begun()).giveUp({ name, storageId })
  } catch (error) {
    if (!hasErrorCode(error, 'STORAGE_FAILED') && !hasErrorCode(error, 'CLOSED')) throw error
  }
}

/** A space with a key store of its own, in memory: nobody else finds what is made in it. */
class HiddenSpace implements StorageSpace {
  readonly kind: StorageSpace['kind']
  readonly id: string
  readonly keys: KeyStore
  readonly #space: StorageSpace
  readonly #memory: StorageSpace

  private constructor(space: StorageSpace, memory: StorageSpace, keys: KeyStore) {
    this.kind = space.kind
    this.id = `${space.id}/${memory.id}`
    this.keys = keys
    this.#space = space
    this.#memory = memory
  }

  static async in(space: StorageSpace): Promise<HiddenSpace> {
    const memory = createMemorySpace()
    return new HiddenSpace(space, memory, new KeyStore(await memory.open('keys')))
  }

  open(...[id, options]: Parameters<StorageSpace['open']>): Promise<Storage> {
    return id === 'keys' ? this.#memory.open(id) : this.#space.open(id, options)
  }

  list(): Promise<string[]> {
    return this.#space.list()
  }

  remove(id: string): Promise<void> {
    return this.#space.remove(id)
  }
}
