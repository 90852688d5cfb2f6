import { StoredChoice } from './stored-choice.js'

/** What is known of the server beside the page: its address, or that there is none. */
export interface KnownServer {
  readonly url: string | undefined
}

export interface SyncServerParts {
  /** What `server.json` says; rejects, or gives `null`, where that cannot be found out now. */
  readonly read: () => Promise<unknown>
  readonly last: Pick<StoredChoice, 'getSnapshot' | 'choose'>
}

const NONE = 'none'

/**
 * The sync server that is served beside the page, as the file `server.json` names it. Without a network it is the last
 * one that was known; without a file there is none, and the chat works on the device alone.
 */
class SyncServer {
  readonly #parts: SyncServerParts
  readonly #listeners = new Set<() => void>()
  #known: KnownServer | undefined
  #asking: Promise<KnownServer> | undefined

  constructor(parts: SyncServerParts) {
    this.#parts = parts
    const last = parts.last.getSnapshot()
    this.#known = last === undefined ? undefined : { url: last === NONE ? undefined : last }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    void this.find()
    return () => this.#listeners.delete(listener)
  }

  /** `undefined` before anything is known. */
  readonly getSnapshot = (): KnownServer | undefined => this.#known

  /** What is known when it was asked for; asks once. */
  find(): Promise<KnownServer> {
    this.#asking ??= this.#ask()
    return this.#asking
  }

  async #ask(): Promise<KnownServer> {
    const said = await this.#parts.read().catch(() => null)
    const known = said === null ? (this.#known ?? { url: undefined }) : { url: urlIn(said) }
    if (said !== null) this.#parts.last.choose(known.url ?? NONE)
    if (this.#known === undefined || this.#known.url !== known.url) {
      this.#known = known
      for (const listener of this.#listeners) listener()
    }
    return this.#known
  }
}

function urlIn(said: unknown): string | undefined {
  const url = typeof said === 'object' && said !== null && 'url' in said ? said.url : undefined
  return typeof url === 'string' && URL.canParse(url) ? url : undefined
}

async function readServerFile(): Promise<unknown> {
  const response = await fetch(`${import.meta.env.BASE_URL}server.json`, { cache: 'no-cache' })
  return response.ok ? response.json() : {}
}

export const syncServer = new SyncServer({
  read: readServerFile,
  last: new StoredChoice('firekeep-licences.server', [() => localStorage]),
})
