import { FirekeepError } from '../errors.js'
import { Emitter } from '../primitives/emitter.js'
import type { LogEntry, LogPosition, Remote } from '../protocol/remote.js'

/** A remote that can be cut off: every call then rejects with `REMOTE_UNAVAILABLE`. */
export class SwitchableRemote implements Remote {
  readonly id: string
  readonly #remote: Remote
  readonly #pokes = new Emitter<void>()
  #isOnline = true

  constructor(remote: Remote) {
    this.#remote = remote
    this.id = remote.id
    remote.follow(() => this.#isOnline && this.#pokes.emit())
  }

  switch(isOnline: boolean): void {
    this.#isOnline = isOnline
    if (isOnline) this.#pokes.emit()
  }

  async append(pack: Uint8Array): Promise<LogPosition> {
    this.#assertOnline()
    return this.#remote.append(pack)
  }

  async read(after: number, limit: number): Promise<LogEntry[]> {
    this.#assertOnline()
    return this.#remote.read(after, limit)
  }

  follow(listener: () => void): () => void {
    return this.#pokes.subscribe(listener)
  }

  #assertOnline(): void {
    if (!this.#isOnline) throw new FirekeepError('REMOTE_UNAVAILABLE', 'the remote is switched off')
  }
}
