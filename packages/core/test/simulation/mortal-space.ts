import { FirekeepError } from '../../src/errors.js'
import type { Storage, StorageSpace } from '../../src/storage/storage.js'

export interface Life {
  /** How long a call takes. */
  readonly pause: () => Promise<void>
  readonly onDeath: () => void
}

/** A way to a space for one holder, who dies at a chosen call on any storage of it, as a killed process does. */
export class MortalSpace implements StorageSpace {
  readonly kind: StorageSpace['kind']
  readonly id: string
  readonly #space: StorageSpace
  readonly #life: Life
  #left = Number.POSITIVE_INFINITY
  #when: 'before' | 'after' = 'before'
  #isDead = false

  constructor(space: StorageSpace, id: string, life: Life) {
    this.kind = space.kind
    this.id = `${space.id}/${id}`
    this.#space = space
    this.#life = life
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Dies after so many more calls: before the next takes effect, or after, with its caller not hearing of it. */
  dieAfter(calls: number, when: 'before' | 'after'): void {
    this.#left = calls
    this.#when = when
  }

  /** Goes on living: it dies at no call any more. */
  live(): void {
    this.#left = Number.POSITIVE_INFINITY
  }

  die(): void {
    if (this.#isDead) return
    this.#isDead = true
    this.#life.onDeath()
  }

  async open(id: string): Promise<Storage> {
    return this.#mortal(await this.#operate(() => this.#space.open(id)))
  }

  list(): Promise<string[]> {
    return this.#operate(() => this.#space.list())
  }

  remove(id: string): Promise<void> {
    return this.#operate(() => this.#space.remove(id))
  }

  #mortal(storage: Storage): Storage {
    return {
      kind: storage.kind,
      get: key => this.#operate(() => storage.get(key)),
      getRange: (key, offset, length) => this.#operate(() => storage.getRange(key, offset, length)),
      list: prefix => this.#operate(() => storage.list(prefix)),
      getAll: prefix => this.#operate(() => storage.getAll(prefix)),
      batch: (puts, deletes, options) => this.#operate(() => storage.batch(puts, deletes, options)),
      info: () => this.#operate(() => storage.info()),
      persist: () => this.#operate(() => storage.persist()),
      watch: listener => storage.watch(() => this.#isDead || listener()),
      close: () => storage.close(),
    }
  }

  async #operate<T>(act: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw died()
    await this.#life.pause()
    if (this.#isDead) throw died()
    this.#left -= 1
    if (this.#left < 0) {
      this.die()
      if (this.#when === 'after') await act()
      throw died()
    }
    const answer = await act()
    if (this.#isDead) throw died()
    return answer
  }
}

const DIED = 'the process died, as the simulation asked for'

function died(): FirekeepError {
  return new FirekeepError('STORAGE_FAILED', DIED)
}

/** Whether an error is what somebody who died was told; a real process would hear nothing any more. */
export function isOfDead(error: unknown): boolean {
  return error instanceof Error && error.message === DIED
}
