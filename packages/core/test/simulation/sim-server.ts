import { FirekeepError } from '../../src/errors.js'
import { Emitter } from '../../src/primitives/emitter.js'
import type { LogAccess, RemoteEvent, RemoteLog } from '../../src/protocol/remote.js'
import { MemoryRemote } from '../../src/remotes/memory-remote.js'

type Act<T> = (log: RemoteLog) => Promise<T>

/** What was done to a server, in its order, so that it can be done again to another. */
interface Deed {
  readonly access: LogAccess
  readonly act: Act<unknown>
}

/**
 * A server that may be down, comes back with all that it acknowledged, and can be set back to what it was when a
 * backup was made.
 */
export class SimServer {
  readonly #changes = new Emitter<boolean>()
  readonly #deeds: Deed[] = []
  #remote = new MemoryRemote()
  #backup = 0
  #isUp = true

  get isUp(): boolean {
    return this.#isUp
  }

  /** Hears each time that it goes down or comes up. */
  onChange(listener: (isUp: boolean) => void): () => void {
    return this.#changes.subscribe(listener)
  }

  switch(isUp: boolean): void {
    if (isUp === this.#isUp) return
    this.#isUp = isUp
    this.#changes.emit(isUp)
  }

  async read<T>(access: LogAccess, act: Act<T>): Promise<T> {
    this.#assertUp()
    return act(await this.#remote.open(access))
  }

  async write<T>(access: LogAccess, act: Act<T>): Promise<T> {
    this.#assertUp()
    this.#deeds.push({ access, act })
    return act(await this.#remote.open(access))
  }

  /** Tells of news of a log until it is ended; what is told is the server's, whoever hears it. */
  async follow(
    access: LogAccess,
    after: number,
    listener: (event: RemoteEvent) => void,
  ): Promise<() => void> {
    this.#assertUp()
    return (await this.#remote.open(access)).follow(after, listener)
  }

  backUp(): void {
    this.#backup = this.#deeds.length
  }

  /** Forgets what was done since the backup: all who were connected are cut off. */
  async restore(): Promise<void> {
    this.switch(false)
    this.#remote = new MemoryRemote()
    this.#deeds.length = this.#backup
    for (const { access, act } of this.#deeds)
      await act(await this.#remote.open(access)).catch(() => undefined)
    this.switch(true)
  }

  #assertUp(): void {
    if (!this.#isUp) throw new FirekeepError('REMOTE_UNAVAILABLE', 'the simulated server is down')
  }
}
