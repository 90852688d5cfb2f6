/**
 * A small choice of this device, kept in web storage and observed by components. Where the browser forbids web
 * storage the choice lasts as long as the page.
 */
export class StoredChoice {
  readonly #key: string
  readonly #storages: readonly (() => Storage)[]
  readonly #listeners = new Set<() => void>()
  #value: string | undefined

  /** Reads from the first of the storages that has it, writes to all. */
  constructor(key: string, storages: readonly (() => Storage)[]) {
    this.#key = key
    this.#storages = storages
    this.#value = this.#read()
  }

  readonly getSnapshot = (): string | undefined => this.#value

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly choose = (value: string): void => {
    this.#value = value
    for (const storage of this.#storages) ifAllowed(() => storage().setItem(this.#key, value))
    for (const listener of this.#listeners) listener()
  }

  #read(): string | undefined {
    for (const storage of this.#storages) {
      const value = ifAllowed(() => storage().getItem(this.#key))
      if (value) return value
    }
    return undefined
  }
}

function ifAllowed<T>(access: () => T): T | undefined {
  try {
    return access()
  } catch {
    return undefined
  }
}
